# Lists taken over from files
import-nav = Roster import
import-title = Roster import
import-lead = Reads a personnel list or a list of departments written by your personnel system, shows what would change, and takes it over once you have looked at it. Nothing is written before.
import-kind = What is imported
import-kind-people = Personnel list
import-kind-people-note = A list with number, name, reading and department.
import-kind-departments = List of departments
import-kind-departments-note = A list with code and name. Import it before the personnel list.
import-file = File
import-file-hint = CSV (UTF-8 or Shift_JIS), tab-separated or Excel (.xlsx), up to 50,000 rows, 100 columns and 20 MB. Of a workbook the first sheet is read.
import-file-none = Choose a file.
import-look = Read it and show what would change
import-another = Import another file
import-columns = Columns
import-columns-lead = Say what stands in each column. Leave blank what is not to be taken over.
import-columns-one = { $cell } “{ $name }”
import-columns-example = Example: { $what }
import-columns-go = Show what would change
import-columns-edit = Change the columns
import-columns-left-out = Columns that are not taken over: { $what }
import-columns-twice = Two columns are given the same meaning. Choose one of them.
import-columns-missing = Choose the column that holds “{ $label }”.
import-column-number = Number
import-column-full_name = Name
import-column-family_name = Family name
import-column-given_name = Given name
import-column-reading = Reading
import-column-family_reading = Reading (family name)
import-column-given_reading = Reading (given name)
import-column-department_code = Department code
import-column-department_name = Department
import-column-title = Title
import-column-employment = Employment
import-column-joined_on = Joined on
import-column-left_on = Last day
import-column-mail = Mail address
import-column-code = Department code
import-column-name = Department name
import-column-parent_code = Code of the department above
import-nothing-yet = Nothing has been written yet. Empty cells leave what is registered as it is.
import-rows = Rows of the list
import-rows-none = No such rows.
import-row = Row
import-name = Name
import-what = What
import-state-new = New
import-state-changed = Changed
import-state-unchanged = Unchanged
import-state-missing = Not in the list
import-state-faulty = Faulty
import-missing-leave = Count those who are not in the list as having left today
import-missing-stay = Do not count those who are not in the list as having left
import-follows = What follows from it
import-moves-join = { $count ->
    [one] 1 person joins.
   *[other] { $count } persons join.
 }
import-moves-move = { $count ->
    [one] 1 person moves to another department.
   *[other] { $count } persons move to another department.
 }
import-moves-leave = { $count ->
    [one] 1 person gets a last day.
   *[other] { $count } persons get a last day.
 }
import-vacant = Seats that nobody would hold any more
import-vacant-tier = { $tier }: nobody would be left
import-vacant-left = { $tier } of { $department } ({ $name } leaves)
import-vacant-moved = { $tier } of { $department } ({ $name } moves)
import-vacant-now = { $tier } of { $department } (so far { $name })
import-vacant-more = and { $count } more
import-without-faulty = { $count ->
    [one] 1 faulty row is left out. Correct the file and read it again.
   *[other] { $count } faulty rows are left out. Correct the file and read it again.
 }
import-take = Take this over
import-taken = The list was taken over.
import-discard = Discard without taking anything over
import-discarded = The list was discarded. Nothing was written.
import-done = Result
import-count = { $count }
import-conflict = What is registered changed while you were looking. Look at the new comparison and take it over again.
import-refused-taken = This list has already been taken over.
import-refused-columns = The meaning of the columns has not been settled.
import-refused-nothing = There is nothing to take over.
import-refused-oneself = By this import you yourself would leave. Your own leaving is entered by somebody else.
import-fault-number = the number does not begin with a letter or a digit
import-fault-oneself = This is your own row. Nobody changes their own entry, so it is left out; somebody else has to take the list over as well
import-fault-lost-zeros = The zeros in front of the number are lost (the number known is “{ $what }”). Format the column as text and enter it with its zeros
import-fault-no-number = no number
import-fault-no-code = no department code
import-fault-no-name = no name
import-fault-no-reading = no reading
import-fault-no-department = no department
import-fault-no-joined = no day of joining
import-fault-administrator = this is the number of an administrator's account
import-fault-twice = the same number as in row { $row }
import-fault-long = longer than { $most } characters
import-fault-unknown-department = there is no department “{ $what }”
import-fault-several-departments = there are several departments “{ $what }”; give its code
import-fault-circle = going up from here leads back to this department
import-fault-reading = the reading is not in kana ({ $what })
import-fault-mail = not a mail address ({ $what })
import-fault-employment = unknown kind of employment ({ $what })
import-fault-date = not a date ({ $what })
import-fault-left-before = the last day lies before the day of joining

# Files with tables
sheet-empty = There is no table in the file.
sheet-too-large = The file is too large. Keep it to 20 MB.
sheet-no-table = The file is neither CSV nor Excel (.xlsx).
sheet-old-or-locked = This is an old workbook (.xls) or one with a password. Remove the password and save it as .xlsx or CSV.
sheet-broken = The workbook is broken. Open it and save it again.
sheet-packed = The file would become too large when unpacked and is not read. Save it as CSV.
sheet-too-many-rows = There are too many rows. Divide the list into parts of up to 50,000.
sheet-too-many-columns = There are too many columns. Keep it to 100.
sheet-too-hard = Reading the file took too long and was given up. Save it as CSV.
sheet-no-reader = The reader of files could not be started.
