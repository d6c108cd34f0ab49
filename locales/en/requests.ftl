# Requests: filing, inbox, work queue, details
nav-inbox = To approve
nav-work = To carry out
nav-requests = My requests
nav-apply = File a request

requests-choose = File a request
requests-choose-sub = Choose by what you want to do.
requests-no-kinds = There is nothing you can request at present
requests-org-defined = Procedure set by the organisation
requests-org-defined-note = The regulation does not ask for this procedure; the organisation has laid it down. It does not count as evidence for a clause.
requests-clauses = Based on { $clauses }
requests-section-who = Who it is about
requests-section-what = What
requests-section-why = From when, and why
requests-steps = Steps
requests-step-write = Fill in
requests-step-check = Check
requests-step-send = Send
requests-step-again = Send again
requests-to-check = Check what I entered
requests-see-route = See the route
requests-flow = The route of this request
requests-sometimes = Required in some cases
requests-asked-when = Fill this in { $when }.
requests-asked-may = Only { $when }, and if needed.
requests-due-when = Required { $when }.
requests-when-is = if “{ $field }” is { $answers }
requests-when-answered = if “{ $field }” is answered
requests-when-answer = “{ $answer }”
requests-when-or = { " or " }
requests-fact-of = { $field }: { $fact }
requests-basis = Basis
requests-no-options = There is nothing to choose. Tell the information systems department.
requests-whose-first = Enter the person and press the button beside the field. What belongs to them is then listed here.
requests-nothing-in-sight = You cannot choose here. The { $tier } who files it will; leave it empty.
requests-nothing-of-them = This person has nothing that can be chosen here.
requests-show-theirs = Show: { $label }
requests-together-all = Select all on this page
requests-together-undo = Clear the selection
requests-next-waiting = Open the next one
requests-place-in-inbox = To decide { $place } / { $all }
requests-left-in-inbox = { $all } left to decide
requests-weighty = Weighty
requests-narrow = Narrow down
requests-colon = { ": " }
requests-order = Order
requests-order-longest = Longest waiting first
requests-order-newest = Newest first
requests-order-due = Due first
requests-col-section = Section
requests-none-narrowed = No request matches
requests-none-narrowed-why = Change the filter to see what else waits for you.
requests-tick-all = Choose all
requests-right-of = Right on { $system }
requests-choose-right = Choose a right
requests-answer-yes = Yes
requests-answer-no = No
requests-check = Check the content, then send it
requests-check-again = Check the content, then send it again
requests-check-short = Check
requests-change = Change
requests-change-what = : { $label }
requests-send = Send the request
requests-back-to-form = Back to the form
requests-send-again = Send the request again
requests-send-again-note = You can still withdraw it until the work begins.
requests-send-note = You can withdraw it until the work begins.
requests-mend = Correct and send again
requests-returned-by = { $name } sent it back
requests-becomes = becomes
requests-privileged = Administrator right
requests-differences = Changes since last time
requests-round = Submission { $round }
requests-and-more = { $names } and { $count } more
requests-recipient = The user
requests-chosen-on-form = Whom the form names
requests-nobody-here = Nobody can act here

# Errors: what to do
requests-error-fill = Enter { $label }
requests-error-choose = Choose { $label } from what is shown
requests-error-right = Choose a right on { $system }
requests-error-every = Answer every row of { $label }
requests-error-too-long = Enter { $label } in no more than { $max } characters
requests-error-before-filing = { $label } lies before the filing of the request. Enter a later date and time
requests-error-before-decision = { $label }: this is before the decision. Enter a time after it
requests-error-future = { $label } must lie in the past
requests-span-from = Begins
requests-span-until = Ends
requests-error-span-from = Enter where { $label } begins
requests-error-span-until = Enter where { $label } ends
requests-error-span-order = { $label } ends before it begins. Enter the day it begins, or a later one, as its end
requests-error-span-same = { $label } begins and ends at the same time. Enter another time for its end
requests-error-not-past = { $label } is before today. Enter today or a later day
requests-error-not-future = { $label } is after today. Enter today or an earlier day
requests-error-not-before = { $label } is before { $other }. Enter the same day or a later one
requests-error-not-after = { $label } is after { $other }. Enter the same day or an earlier one
requests-error-too-late = For { $label }, enter a day not after { $day }
requests-error-too-many-days = { $label } may last { $most } days at most
requests-error-too-small = For { $label }, enter a number not below { $least }
requests-error-too-great = For { $label }, enter a number not above { $most }
requests-error-number = Enter { $label } as a whole number
requests-error-person = Enter the employee number or name of { $label }. Only people of the chosen section can be named.
requests-error-person-choose = “{ $typed }” in { $label } fits these people ({ $count } found). Choose one below, or enter the employee number
requests-error-file = { $label }: attach at least one file
requests-error-file-gone = { $label }: some files were thrown away because nobody filed them in time. Attach what is needed once more
requests-error-files-many = { $label }: at most { $most } files. Untick those that are not needed
requests-error-file-large = “{ $name }” is too large. Attach files of at most { $most } each
requests-error-file-unknown = “{ $name }” is of a kind that is not taken, or is cut off. Attach a PDF, a picture (PNG, JPEG), a Word, Excel or PowerPoint document without macros, a CSV, a text or a mail (eml)
requests-error-file-program = “{ $name }” carries macros or another program and is not taken. Save it without them and attach it again
requests-error-file-swollen = “{ $name }” would unpack to far more than it is, and is not taken. Attach it as a PDF or the like
requests-error-files-waiting = “{ $name }” cannot be kept: too many of your files belong to no request yet. Send the requests you have begun first
requests-files-limits = At most { $most } files of { $large } each: PDF, PNG, JPEG, Word, Excel, PowerPoint, CSV, text, mail (eml)
requests-files-untick = Files that are not ticked are not attached to this request.
requests-files-choose = Choose files for { $label }
requests-files-attach = Attach the chosen files
requests-file-open = Open to check
requests-person-candidates = Which person?

# States
requests-phase-in-review = In review
requests-phase-returned = Returned
requests-phase-pulled-back = Taken back
requests-phase-executing = Being carried out
requests-phase-handing-over = Awaiting receipt
requests-phase-reporting = Reporting
requests-phase-completed = Completed
requests-phase-refused = Refused
requests-phase-withdrawn = Withdrawn
requests-line-open = Not carried out yet
requests-line-begun = Partly done
requests-line-executed = Carried out
requests-line-acknowledged = Received
requests-line-declined = Not carried out
requests-line-over = Will not be carried out
requests-line-denied = Not permitted
requests-act-file = Filed
requests-act-decide = Approve
requests-act-permit = Permit
requests-act-instruct = Instruct
requests-act-consult = Consult
requests-act-confirm = Confirm
requests-act-execute = Carry out
requests-act-acknowledge = Receive
requests-act-report = Report
requests-act-notify = Notify
requests-verdict-approve = Approved
requests-verdict-return = Returned
requests-verdict-refuse = Refused
requests-verdict-opinion = Opinion
requests-verdict-report = Report
requests-row-added = Added when carried out
requests-row-changed = Changed when carried out
requests-row-stopped-on-receipt = stops on receipt
requests-row-stopped = Stopped when carried out
requests-row-unchanged = Unchanged
requests-row-done = Carried out
requests-row-left = Left out

# Route
requests-moved-own-matter = It is their own matter
requests-moved-already-acted = Only someone who decided another step is left
requests-moved-vacant = The post is vacant
requests-moved-away = They are away
requests-side-by-side = open together with the step before
requests-needs-all = all of them answer
requests-needs-majority = a majority of them answers
requests-may-be-missing = passed over while nobody holds the post
requests-needs = needs { $count } answers
requests-answers-given = answered by { $names } ({ $count } of { $needed })
requests-turns-more = { $names } and { $count } more
requests-skipped-vacant = passed over, since nobody holds the post
requests-moved-to-deputy = { $reason }: the deputy of the { $tier } decides
requests-moved-up = { $reason }: decided in place of the { $tier }
requests-mark-stand-in = For { $name } (代)
requests-mark-named = As { $named } (designated by { $name }, { $tier })
requests-mark-deputy = As deputy of this post (代)
requests-mark-joined = Together with another step
requests-mark-by-rule = 代決 (in the absence of { $name }, rule version { $version })
requests-mark-reviewed = 後閲 { $day } { $name }
requests-mark-to-review = To be read by { $day } (後閲)
requests-mark-slip = Signed slip (recorded by { $name })
requests-arrived =
    { $days ->
        [0] Arrived { $at }
        [one] Arrived { $at }, yesterday
       *[other] Arrived { $at }, { $days } days ago
    }

# Details
requests-filed-on = Filed { $day }
requests-work-from = from { $day }
requests-work-early = The work cannot be recorded before { $day }. It can be prepared.
requests-now = Now with { $turns }
requests-turn = { $who } ({ $tier }): { $act }
requests-turn-nobody = Nobody can act ({ $tier }: { $act })
requests-turn-own = { $who }: { $act }
requests-turn-and-receipt = { $turn }; and with { $who }, to confirm receipt
requests-turn-mend = Now with the applicant, to send it again
requests-content = Content
requests-content-read-only = The content is as it was filed.
requests-content-fixed = Whoever carries it out cannot change the content. Send it back if it is wrong.
requests-beside = To compare before the work
requests-claims = Applicant (own statement)
requests-claims-note = Only a claim until the identity has been checked.
requests-claim-login = User ID
requests-claim-name = Name
requests-claim-reason = Reason
requests-claim-callback = When to call back
requests-claim-source = Sent from
requests-ledgers = Ledgers concerned
requests-ledgers-note = What changes when it is carried out
requests-lines = Work and receipt
requests-execute = Record the work
requests-execute-on = Record the rest
requests-execute-go = Record the work
requests-receive = I have received it
requests-by-slip = This person cannot sign in yet. Take their signed slip and record it.
requests-slip = Enter the signed slip
requests-slip-ask = Record the signed slip for “{ $line }”?
requests-slip-go = Record the slip
requests-slip-note = Number and date of the slip signed by someone who cannot sign in yet. The record will say that you entered it for them.
requests-slip-number = Number of the slip
requests-slip-on = Date of the signature
requests-received = { $name } received it ({ $at })
requests-received-by-slip = Slip { $number } (signed { $on }) recorded by { $name } ({ $at })
requests-talk = Conversation
requests-talk-note = Only those who can see this request can read it
requests-say = Write
requests-say-go = Send
requests-history = History
requests-history-note = Can be neither erased nor rewritten
requests-history-filed = { $name } filed the request
requests-history-resubmitted = { $name } mended it and sent it again
requests-history-pulled-back = { $name } took the request back
requests-history-asked-again = { $name } asked again
requests-history-escalated = { $days } business days late: those above were told
requests-history-office-told = Still late: the office was told
requests-history-approve = { $name } approved { $what }({ $tier })
requests-history-return = { $name } returned it { $what }({ $tier })
requests-history-sent-back = { $name } sent it back to “{ $to }” ({ $tier })
requests-history-refuse = { $name } refused { $what }({ $tier })
requests-history-taken-back = { $name } took the decision back { $what }({ $tier })
requests-history-deny = { $name } did not permit { $what }({ $tier })
requests-history-withhold = { $name } did not give the instruction ({ $tier })
requests-history-permit = { $name } permitted { $what }({ $tier })
requests-history-instruct = { $name } gave the instruction { $what }({ $tier })
requests-history-confirm = { $name } confirmed { $what }({ $tier })
requests-history-opinion = { $name } gave an opinion { $what }({ $tier })
requests-history-report = { $name } reported { $what }({ $tier })
requests-history-line = “{ $line }” 
requests-history-corrected = { $name } corrected the record of “{ $line }”
requests-history-done = { $name } carried out “{ $line }”
requests-history-begun = { $name } began the work on { $line }
requests-history-failed = { $name } could not carry out “{ $line }”
requests-history-declined = { $name } left “{ $line }” undone
requests-history-changed-since = { $what } (what was decided on has changed since)
requests-may-be-pulled-up = those who decide later may decide first
requests-pull-up = Pull up
requests-pull-up-ask = Pull this request up to your own step?
requests-pull-up-follows = You can then decide at your own step without waiting for those in front. Their steps stay in the history as passed over, and they are told. Decide after you have pulled it up.
requests-pull-up-go = Pull it up
requests-pulled-up = { $number } was pulled up. Read it and decide.
requests-history-pulled_up = { $name } pulled it up without waiting for “{ $step }”
requests-skipped-pulled-up = passed over because it was pulled up
requests-reroute = Send to somebody else
requests-reroute-ask = Send what waits to somebody else?
requests-reroute-follows = Only the step that waits now goes to others who may decide it by the regulation. The reason stays in the history; those who had it and those who get it are told.
requests-reroute-to = To whom
requests-reroute-go = Send it there
requests-rerouted = { $number } was sent to somebody else.
requests-history-rerouted = { $name } sent “{ $step }” to somebody else
requests-moved-rerouted = sent here by the office
requests-refused-not-pulled-up = This request cannot be pulled up now: it waits with you already, or its route does not let the steps in front be passed over.
requests-refused-no-such-seat = It cannot be sent there. Choose somebody else who may decide what waits now.
requests-history-commented = { $name } wrote a comment
requests-history-withdrawn = { $name } withdrew it
requests-acted-for = { $name } for { $principal }
requests-acted-by-rule = { $name } by rule for { $principal }
requests-history-reviewed = { $name } read the decision of { $by } afterwards
requests-acted-named = { $name } ({ $mark })
requests-somebody = Someone not signed in
requests-route = Route
requests-ended = Ended: { $how }
requests-step-over = Not reached any more
requests-progress = { $done } of { $all } steps done
requests-fulfils = Clauses this request fulfils
requests-follow-up = File next: { $title }
requests-related = Requests about the same row of a ledger
requests-earlier = Earlier requests about this person
requests-so-far = Decisions so far
requests-recorded-at = Recorded at "{ $step }"
requests-open-page = Open the whole request

# Deciding
requests-words = Your words
requests-words-hint = Your words (needed to return or refuse)
requests-words-needed = Your words (needed)
requests-words-by-rule = Why you decide for them
requests-words-by-rule-hint = Why you decide for them (needed)
requests-approve-follows = Once approved, the request moves on to its next step.
requests-do-decide = Approve
requests-do-permit = Permit
requests-do-instruct = Instruct
requests-do-consult = Record the opinion
requests-do-confirm = Confirm
requests-do-report = Report
requests-do-by-rule = Approve for them
requests-ask-decide = Approve this?
requests-ask-permit = Permit this?
requests-ask-instruct = Give this instruction?
requests-ask-consult = Record this opinion?
requests-ask-confirm = Record the confirmation?
requests-ask-report = Send the report?
requests-ask-by-rule = Approve this for them (代決)?
requests-stop-decide = Refuse
requests-stop-permit = Do not permit
requests-stop-instruct = Do not instruct
requests-stop-ask-decide = Refuse this?
requests-stop-ask-permit = Refuse permission?
requests-stop-ask-instruct = Withhold this instruction?
requests-return-ask = Return this request?
requests-return-follows = The applicant reads this as it is, and can correct the request and send it again.
requests-refuse-why = Why it is refused
requests-refuse-follows = This ends the request. If it could be accepted once mended, return it instead.
requests-return = Send back
requests-return-why = What should be changed, and how
requests-return-to = Send back to
requests-return-to-applicant = The applicant
requests-return-to-step = { $step } ({ $who })
requests-return-repeats = If you choose a step, every step after it is decided again.
requests-return-comes-straight = If you choose a step, the request comes straight back here once it has been decided there.
requests-pull-back = Take back
requests-ask-again = Ask again
requests-ask-again-ask = Remind those it waits for?
requests-ask-again-follows = They are told by mail. Once a day at most.
requests-copy = Copy to a new request
requests-pull-back-ask = Take this request back?
requests-pull-back-follows = Nobody has acted on it yet. It comes back to you; mend it and send it again under the same number.
requests-take-back = Take my decision back
requests-take-back-ask = Take your decision back?
requests-take-back-follows = The request comes back to your step, to be decided again. The record keeps both.
requests-withdraw = Withdraw
requests-withdraw-ask = Withdraw this request?
requests-withdraw-follows = Those asked to act will no longer be asked. The number is not used again.
requests-reason = Reason
requests-decline = Leave only this line undone
requests-decline-hint = Other lines are already carried out, so it cannot be sent back. The applicant reads this word for word.
requests-decline-hint-begun = Part of the work on this line is done. The sign-in that was issued and its row in the ledger are stopped with it. The applicant reads the reason as you write it.
requests-decline-go = Leave it undone
requests-form-again = What you typed before you were signed out stands here again. It has not been sent.
requests-your-words = What you were about to send
requests-your-words-note = Not taken, because the request had already moved on. Write it in the conversation below if it still matters.
requests-your-words-gone = Not taken, because the request had already moved on.
requests-reveal = Shown only once
requests-reveal-once = Once you leave this page, this cannot be shown again. Hand it to the user safely.
requests-reveal-note = The portal does not keep this value in any form that can be read back.
requests-reveal-done = I have handed it over
requests-reveal-next = Handed over? Record it

# Lists
requests-col-number = Number
requests-col-subject = Subject
requests-col-kind = Kind
requests-col-applicant = Applicant
requests-col-state = State
requests-col-turn = Whose turn
requests-col-filed = Filed
requests-col-waited = Waiting
requests-col-due = Due
requests-col-ledger = Ledger
requests-col-row = Entry
requests-col-change = Change by this request
requests-open = In progress
requests-every = All
requests-in-reach = Requests I can see
requests-overdue = Overdue
requests-tabs = Choose a view
requests-tab-turn = My turn
requests-tab-coming = Coming
requests-tab-done = Done
requests-search-words = Words
requests-search-who = Employee number or name
requests-filed-from = Filed from
requests-filed-until = Filed until
requests-search = Number, subject or name
requests-pages = Pages
requests-next-page = Show more
requests-waited =
    { $count ->
        [0] Arrived today
        [one] { $count } day
       *[other] { $count } days
    }
requests-queue-sub =
    { $count ->
        [one] { $count } piece of work or slip to record, nearest deadline first.
       *[other] { $count } pieces of work or slips to record, nearest deadline first.
    }
requests-none-mine = You have no requests in progress
requests-none-found = No request matches
requests-none-work = No work is waiting
requests-none-work-why = It arrives here once approved.
requests-none-inbox = Nothing waits for your approval
requests-none-inbox-why = When it is your turn it arrives here, and you are told by mail.
requests-nothing-open = Choose one from the list

# Done
requests-filed = { $number } has been received
requests-resubmitted = { $number } has been sent again
requests-approved = { $number } approved
requests-permitted = { $number } permitted
requests-instructed = { $number } instructed
requests-confirmed = { $number } confirmed
requests-returned = { $number } sent back
requests-refused = { $number } refused
requests-consulted = Your opinion on { $number } is recorded
requests-reported = { $number } is reported
requests-withdrawn = { $number } withdrawn
requests-pulled-back = { $number } taken back. You can mend it and send it again
requests-asked-again = Those { $number } waits for were reminded
requests-taken-back = Decision on { $number } taken back
requests-sent-back = { $number } sent back to an earlier step
requests-line-approved = One line of { $number } permitted
requests-line-refused = One line of { $number } not permitted. The others are decided one by one
requests-correct = Correct the record of the work
requests-correct-note = You correct the record of work that is done. The former record stays in the history, and the ledger follows the new one. Once the receipt is confirmed, it cannot be corrected any more.
requests-correct-why = Reason for the correction
requests-correct-why-missing = Enter the reason for the correction
requests-correct-hint = Say what was wrong and how it is now. It stays in the history.
requests-correct-go = Record the correction
requests-corrected = The record of the work on { $number } is corrected
requests-executed = Work on { $number } recorded
requests-executed-refused = { $number } was refused, with what was found
requests-begun = The first part of the work on { $number } is recorded
requests-declined = One line of { $number } left undone
requests-acknowledged = Receipt of { $number } recorded

# Why not, and what to do
requests-refused-not-waiting =
    { $phase ->
        [in_review] This request is in review. Wait for whoever decides now.
        [returned] This request has been sent back. It goes on when the applicant sends it again.
        [executing] This request is approved and being carried out. Open the latest version.
        [handing_over] This request is carried out and awaits receipt. Open the latest version.
        [reporting] The work on this request is done and its report is under way. Open the latest version.
        [completed] This request is completed. File a new one to change something.
        [refused] This request was refused. File a new one if it is needed.
       *[withdrawn] This request was withdrawn. File a new one if it is needed.
    }
requests-refused-own-request = You can neither decide nor carry out a request that you filed or that is about you. Leave it to a colleague or deputy.
requests-refused-principals-request = The person you stand in for filed this request or is its subject, so you cannot act for them. Leave it to another holder of the post.
requests-refused-not-owners = Only those responsible in the section that owns this information system can do this
requests-refused-not-your-step = This step belongs to the { $tier }. Leave it to them.
requests-refused-already-acted = Someone who decided another step of this request cannot decide this one. Leave it to a colleague.
requests-refused-apart-from-decider = You hold the post of { $tier } yourself and cannot decide this step for somebody else: the regulation keeps the two apart. Wait for the decider in person.
requests-refused-reserved-to-decider = This request is never decided by rule. Wait for the decider, or have a stand-in entered.
requests-refused-somebody-stands-in = Somebody stands in, so nothing is decided by rule. Leave it to them.
requests-refused-not-yet-by-rule = It is too early. It can be decided by rule once the decider is entered as absent, or the days of the rule have passed.
requests-refused-not-in-turn = Somebody comes before you in the rule. You can decide when they are away as well.
requests-refused-nothing-to-review = There is nothing to read: you have read it already, or it was not decided in your absence.
requests-refused-worker-confirms = Whoever did the work cannot confirm its report. Leave it to somebody else.
requests-refused-no-such-answer = This step does not take that answer. Open the latest version.
requests-refused-approver-executes = Whoever approved it cannot carry it out. Leave it to a colleague.
requests-refused-overtaken = Someone else was quicker, so your decision was not taken. { $at }: { $what }.
requests-refused-content-changed = Someone else was quicker while this was on your screen. Check the latest version and decide again.
requests-other-words = What the other way was
requests-other-words-hint = Must be given where none of the named ways was used.
requests-capacity = { $title } ({ $section })
requests-capacity-ask = In which function you act
requests-refused-capacity = Choose the function in which you act
requests-refused-reason-missing = Enter a reason. The applicant reads it word for word.
requests-refused-not-applicant = Only the applicant can do this. Write what should change into the conversation.
requests-refused-unknown-line = There is no such line. Open the latest version.
requests-refused-line-done = That line has been dealt with already. Open the latest version.
requests-refused-line-not-executed = That line has not been carried out yet. Record the receipt afterwards.
requests-refused-some-executed = Some lines are already carried out, so it can be neither sent back nor withdrawn. The rest can be left undone.
requests-refused-somebody-acted = Somebody has acted on it already, so it cannot be taken back. Write what should change into the conversation.
requests-refused-workers-report = The report is given by those who did the work.
requests-refused-reminded-today = They were reminded today already. If it is urgent, write into the conversation or call.
requests-refused-nobody-to-remind = There is nobody to remind. Tell the { $office }.
requests-refused-acts-on-receipt = It took effect when it was received, so it cannot be taken back to be mended. If it is wrong, withdraw it.
requests-refused-nothing-decided = There is no decision of yours on this request to take back.
requests-refused-unknown-step = It cannot be sent back to there. Choose another step.
requests-refused-nobody-mends = Whoever filed this cannot sign in, so it cannot be returned. Record the result of the identity check
requests-refused-none-executed = No line has been carried out yet. Send the whole request back with a reason.
requests-refused-not-recipient = Only the user can confirm receipt. For someone who cannot sign in, record the signed slip.
requests-refused-slip-incomplete = Enter the number of the slip and the date of the signature.
requests-refused-slip-date = The date of the signature must lie between the work and today.
requests-refused-slip-signs-in = This person can sign in, so no slip can be recorded. Ask them to confirm the receipt.
requests-refused-own-step = You do not file this about yourself: after the approval you would carry it out. Ask another one in your position to file it.
requests-refused-nobody-there = Nobody can act for the { $tier }. Ask the { $office } to enter a holder or a deputy.
requests-refused-already-answered = You have answered this step. Take your answer back first if you want to change it.
requests-refused-too-few = Fewer people than are needed can answer as { $tier }. Ask the { $office } to enter a holder or a deputy.
requests-refused-applicant = You cannot file this request in your position. Ask your manager.
requests-refused-no-department = You belong to no section yet and cannot file. Tell whoever keeps the list of staff.
requests-refused-words-too-long = Enter no more than { $max } characters.
requests-refused-comment-empty = Enter what you want to say.

# Mails: a title and a link
requests-mail-body =
    { $subject }

    { $href }
requests-mail-waiting = Please decide: { $number } { $title }
requests-mail-offered = You may decide by rule: { $number } { $title }
requests-mail-to-review = Please read what was decided in your absence: { $number } { $title }
requests-mail-review-late = Please read, it is overdue: { $number } { $title }
requests-mail-reviewed = Read afterwards: { $number } { $title }
requests-mail-to-execute = Please carry out: { $number } { $title }
requests-mail-to-report = Please report the work: { $number } { $title }
requests-mail-told = For your information: { $number } { $title }
requests-mail-corrected = The record of the work was corrected, please look at it: { $number } { $title }
requests-mail-to-receive = Please confirm receipt: { $number } { $title }
requests-mail-returned = Sent back: { $number } { $title }
requests-mail-refused = Refused: { $number } { $title }
requests-mail-completed = Completed: { $number } { $title }
requests-mail-withdrawn = Withdrawn: { $number } { $title }
requests-mail-asked-again = Reminder: { $number } { $title }
requests-overtaken-title = What was decided on has changed since
requests-overtaken = { $what }: its row in the ledger was changed on { $at } by another road than this request. Look at it as it is now before you carry this out.
requests-tally = { $for } for, { $against } against, { $missing } unanswered ({ $needed } in favour decide)
requests-tally-opinions = { $for } given, { $missing } unanswered ({ $needed } are needed)
requests-tally-for = for
requests-tally-against = against
requests-tally-opinion = opinion
requests-tally-unanswered = unanswered
requests-tally-circulated = Result circulated: read by { $count } of { $all }
requests-mail-settled-together = The result of a joint answer: { $number } { $title }
requests-mail-due-soon = Due in 5 business days: { $number } { $title }
requests-mail-due-tomorrow = Due on the next business day: { $number } { $title }
requests-mail-due-today = Due today: { $number } { $title }
requests-mail-overdue = Overdue: { $number } { $title }
requests-mail-escalated = Overdue and not acted upon: { $number } { $title }
requests-mail-still-late = Overdue and still not acted upon: { $number } { $title }
requests-mail-pulled-up = Pulled up by a later decider, nothing is left for you: { $number } { $title }
requests-mail-rerouted = Sent to somebody else, nothing is left for you: { $number } { $title }
requests-mail-pulled-back = Taken back: { $number } { $title }
requests-mail-taken-back = No longer returned: { $number } { $title }
requests-mail-sent-back = Sent back to you: { $number } { $title }
requests-mail-asked = A question to you: { $number } { $title }
requests-mail-commented = New comment: { $number } { $title }
requests-refused-unfinished = { $words }
requests-mail-reminded = Please confirm: { $number } { $title }
requests-history-reminded = A reminder was sent, as the confirmation is still missing
requests-or-designee = { $tier }, or { $named }
requests-files = Filed by { $who }
requests-title-names = { $title } ({ $names })
requests-refused-files = This request is filed by { $who }. Say what is needed and ask for it to be filed.
requests-others-file = Filed by others
requests-tab-unreported = Work without a report
requests-unreported-days = { $count ->
    [one] No report for { $count } day
   *[other] No report for { $count } days
}

# Deciding by rule
requests-by-rule-note = { $name } cannot decide, so you may decide in their place by the organisation's rule (代決). Say why it could not wait.
requests-by-rule-acts = 代決: you decide in the place of { $name }
requests-tab-by-rule = By rule
requests-review = Reading afterwards (後閲)
requests-reviews = Reading afterwards (後閲)
requests-reviews-lead = What was decided by rule in your absence. Read it and say so. The decision stays as it is.
requests-reviews-none = Nothing.
requests-reviews-own = My own
requests-reviews-late = Overdue
requests-reviews-decided = Decision
requests-reviews-for = Absent
requests-reviews-due = To be read by
requests-reviews-content = The request as it stood
requests-rule-version = Rule version { $version }
requests-to-read = { $name } decided in your place at { $at } ({ $step }: { $what }).
requests-review-note = This records that you have read it. A remark does not change the decision.
requests-review-remark = Remark
requests-review-go = I have read it
requests-reviewed = Read: { $number }

# several approved at once
requests-together = Approve together
requests-together-do = Approve together…
requests-together-chosen = chosen
requests-together-choose = Choose { $number } { $subject }
requests-together-none = No request is chosen. Tick them in the list first.
requests-together-ask = { $count ->
    [one] Approve one request?
   *[other] Approve { $count } requests together?
}
requests-together-note = Requests for privileged rights, those that ask for more than an answer, and those decided for another are approved one by one, after looking at each.
requests-together-read = { $count ->
    [one] I have looked at it
   *[other] I have looked at all { $count }
}
requests-together-read-first = { $count ->
    [one] Tick the box once you have looked at it
   *[other] Tick the box once you have looked at all { $count }
}
requests-together-go = { $count ->
    [one] Approve one
   *[other] Approve { $count }
}
requests-together-back = Back to the inbox
requests-together-left = { $count ->
    [one] One has to be looked at by itself
   *[other] { $count } have to be looked at one by one
}
requests-together-result = Result of approving together
requests-together-done = Requests approved: { $what }
requests-together-approved = { $count ->
    [one] One approved
   *[other] { $count } approved
}
requests-together-failed = { $count ->
    [one] One was not approved
   *[other] { $count } were not approved
}
requests-together-gone = Not found: it was dealt with already, or is out of your sight by now.
requests-refused-one-by-one = Not approved together with others. Look at it by itself

# questions
requests-question = Question
requests-question-go = Ask the applicant
requests-question-to-you = { $name } asks you something
requests-question-waits = A question of { $name } waits for the applicant's answer
requests-question-answer = Answer in the conversation
requests-refused-question = Only the applicant of a request that is not closed can be asked

# circulation
requests-read-ask = This request was sent to you for your information. Mark it once you have read it.
requests-read-go = I have read it
requests-read = It is recorded that you have read { $number }
requests-read-count = { $count } of { $all } have read it
requests-read-by = { $name } ({ $at })
requests-refused-nothing-to-read = It was not circulated to you, or you have said already that you read it

requests-rights-elsewhere = How to ask for privileged rights
requests-row-facts = For reference
requests-skipped-away = passed over, since whoever holds the post is away
requests-history-given-back = Whoever the step belongs to was back, and has it again
requests-mail-given-back = What arrived while you were away is with you again: { $number } { $title }
requests-mail-back-with-holder = Whose step it is has returned, and has it again: { $number } { $title }
requests-circulated = Circulated
requests-circulated-lead = Requests you were told of. They wait for no approval and no work. Once you have read one, press "I have read it".
requests-circulated-unread = Unread
requests-circulated-read = Read
requests-circulated-none-unread = Nothing unread
requests-circulated-none-read = Nothing read yet
requests-circulated-told = Told
requests-circulated-done = Read
requests-circulated-read-this = I have read { $number }
requests-reroute-reason-missing = Enter the reason. It reaches both whoever had it and whoever gets it.
