# Deciding by rule
acting-title = Acting rules
acting-lead = Who decides in the place of an absent decider, without an appointment, as the organisation's own rule says (代決). Whoever was absent reads it afterwards (後閲).
acting-new = Enter a rule
acting-new-lead = It concerns steps of approval alone. Requests for administrator rights, requests that need an identity check, and decisions that the text asks of a particular person are never taken by rule.
acting-enter = Enter
acting-none = Nothing is entered. While a decider is absent, a stand-in is appointed, or the request waits.
acting-tier = Whose decisions
acting-tier-version = { $tier }, version { $version }
acting-who = Who decides instead
acting-who-title = The deputy (whoever has this title in the same department)
acting-who-above = The superior (the head of the department above)
acting-who-above-note = Where no department above has a head: whoever answers a proposal of a stand-in.
acting-who-function = Whoever holds a function
acting-who-nobody = Nobody
acting-who-nobody-note = To stop deciding by rule from this day on.
acting-by-title = The deputy ({ $title } of the same department)
acting-by-function = { $function }
acting-deputy-title = Title of the deputy
acting-deputy-title-hint = One of the titles that people have today.
acting-function = Function
acting-when = From when
acting-when-absent = As soon as all deciders are entered as absent
acting-when-waited = { $count ->
    [one] When one business day has passed without a decision
   *[other] When { $count } business days have passed without a decision
}
acting-after-days = Business days of waiting
acting-after-days-hint = Once so many have passed without a decision, 1 to 30. Left empty: by the absence alone.
acting-review-days = Business days to read it
acting-review-days-hint = Counted from the decision, or from the end of the absence; 1 to 30.
acting-review-within = { $count ->
    [one] Within one business day
   *[other] Within { $count } business days
}
acting-excluded = Not for these requests
acting-excluded-hint = Requests that are left to the decider.
acting-but = Except: { $kinds }
acting-from = In force from
acting-from-hint = Can be taken back before this day. What was entered is never changed.
acting-reason = On what it rests
acting-reason-hint = The article of the organisation's rule, or the meeting that decided it.
acting-state-now = In force
acting-state-coming = To come
acting-state-past = Over
acting-state-taken_back = Taken back
acting-entered = The rule was entered.
acting-take-back = Take back
acting-take-back-lead = It is not in force yet, so it can be taken back. Both stay in the history.
acting-take-back-reason = Why it is taken back
acting-taken-back = The rule was taken back.
acting-refused-terms = This cannot be entered. Fill the form in again.
acting-refused-begun = It is in force or was taken back already. Enter a new version instead.
acting-refused-days = Enter a number from 1 to 30
acting-refused-when = Set at least one of both: the absence, or the days of waiting
acting-task-offered = { $count ->
    [one] Decide one request in the place of an absent decider
   *[other] Decide { $count } requests in the place of absent deciders
}
acting-task-late = { $count ->
    [one] One decision was not read in time by whoever was absent
   *[other] { $count } decisions were not read in time by whoever was absent
}
acting-task-open = Look
acting-task-review = Read: { $what } (decided by { $name })
acting-task-review-action = Read

# Absence
absence-title = Absences
absence-lead = The days on which you are away. Where the organisation has a rule for it, decisions that wait meanwhile can be taken by whom the rule names.
absence-new = Enter an absence
absence-new-lead = A stand-in is entered under “Stand-ins”. An absence alone follows the organisation's acting rules.
absence-enter = Enter
absence-person = Who is absent
absence-reason = Reason
absence-reason-hint = Leave, business trip … The office reads it.
absence-by = Entered by
absence-none = Nothing is entered.
absence-state-now = Absent
absence-state-coming = To come
absence-state-over = Over
absence-state-ended = Ended early
absence-entered = The absence was entered.
absence-end = End the absence
absence-end-question = End the absence of { $name }?
absence-end-follows = From now on nobody decides because of this absence. The record stays.
absence-ended = The absence was ended.
absence-refused-long = An absence lasts a year at most. Set its last day within a year from its first
absence-refused-twice = An absence is entered for these days already. Choose others
absence-refused-over = This absence is over already.
absence-letter-entered = An absence was entered ({ $from } to { $last }). Please check it
absence-mail-entered = An absence of { $name } was entered ({ $from } to { $last }). If you know nothing of it, end it under “Absences” and tell the office
