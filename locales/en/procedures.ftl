# Procedures set by the organisation: list, another route, check, taking back
nav-procedures = Procedures and routes
procedures-title = Procedures set by the organisation

procedures-lead = Where the regulation says nothing of a procedure, the organisation decides whose decisions it takes. It is not counted as evidence.
procedures-own = Procedures whose route the organisation sets
procedures-own-note = The regulation says nothing of these. They are not counted as evidence.
procedures-none = Under this regulation the route of every procedure is set by the text.
procedures-by-clause = Procedures whose route the regulation sets
procedures-by-clause-note = The route follows from these clauses and cannot be changed here.
procedures-procedure = Procedure
procedures-route = Route
procedures-since = Since
procedures-edit = Change the route
procedures-history = History of routes
procedures-version = Version
procedures-version-no = Version { $no }
procedures-entered = Entered
procedures-from = From { $day }
procedures-to-come = From { $day }: version { $version }
procedures-since-file = Since the regulation was adopted (as its settings have it)
procedures-since-version = Since { $day } (version { $version }, { $name })
procedures-now = Route now
procedures-line = { $act }: { $title } ({ $seat })
procedures-fits-no-more = Does not fit the procedure under the regulation of today and is not used

procedures-edit-lead = Set, from the top down, whose decisions and opinions are needed before the work. Leave places that are not needed empty.
procedures-rule-decides = At least one step must approve or permit.
procedures-rule-twice = Nobody acts in two steps of one request. Neither the person who applies nor the person concerned decides on it.
procedures-rule-work = The work and the receipt stay as they are: what stands in the ledgers rests on them.
procedures-rule-filed = Requests that were filed already go on by the route under which they were filed, also when they are returned and sent again.
procedures-place = Step { $no }
procedures-before-work = Stages before the work
procedures-rules = Rules of a route
procedures-col-act = What is done
procedures-col-by = By whom
procedures-col-scope = Scope
procedures-col-days = Working days
procedures-ask-act = What step { $no } does
procedures-ask-by = Who acts in step { $no }
procedures-ask-scope = Where they are in step { $no }
procedures-ask-days = Business days for step { $no }
procedures-scope-department = The section that applies
procedures-scope-organisation = The whole organisation
procedures-scope-owner = The section that owns what is asked for
procedures-more = How it goes (side by side, how many, vacancy)
procedures-ask-opens = When step { $no } opens
procedures-ask-needs = Answers needed at step { $no }
procedures-ask-vacant = When nobody holds the post of step { $no }
procedures-opens-after = After the step before
procedures-opens-beside = Together with the step before
procedures-needs-any = Any one
procedures-needs-all = All
procedures-needs-majority = A majority
procedures-needs-2 = Two
procedures-needs-3 = Three
procedures-needs-5 = Five
procedures-vacant-up = Move it up
procedures-vacant-skip = Pass it over
procedures-after-return = After a return to an earlier step
procedures-return-repeat = All steps from there on answer again
procedures-return-sender = Once that step has answered, straight back to the one that returned it
procedures-pull-up = Deciding ahead (pull-up)
procedures-pull-up-hint = Whoever approves or permits at a later step may do so without waiting for the approvals and permissions in front. Consultation and confirmation are never passed over.
procedures-pull-up-no = Not allowed
procedures-pull-up-yes = Allowed
procedures-wrong-alone = No step stands before it that could open at the same time
procedures-kept = What follows (stays as it is)
procedures-from-when = From when, and why
procedures-effective-hint = Today or a later day.
procedures-step-enter = Set the route
procedures-step-title = { $act }: { $tier }
procedures-step-title-owner = { $act }: { $tier } of the owning section

procedures-check = Check the route
procedures-new-route = New route
procedures-enter = Set this route
procedures-entered-now = The route of “{ $name }” was entered
procedures-seat-department = { $tier } of the section that applies
procedures-seat-owner = { $tier } of the owning section
procedures-applicant = The person who applies
procedures-within = { $count ->
    [one] within 1 business day
   *[other] within { $count } business days
}
procedures-name-section = { $name } ({ $section })
procedures-and-more = { $names } and { $count } more
procedures-vacant = Nobody holds this post today.
procedures-vacant-moves = Nobody holds this post today. Meanwhile the step moves to: { $tier }.
procedures-nobody-for = For these sections nobody is left for this step, because nobody acts in two steps: { $names }.

procedures-wrong-tier = Choose a tier that this regulation has
procedures-wrong-twice = The same tier is asked twice in the same place. Nobody acts in two steps
procedures-wrong-owner = This request asks for nothing that a section owns: no step can be that of the owning section
procedures-wrong-nothing-decided = Put at least one step that approves or permits
procedures-wrong-days = Enter between 1 and { $most } business days
procedures-wrong-order = The steps cannot go in this order. Please check it
procedures-wrong-nobody = This would leave nobody for the step “{ $title }”: nobody acts in two steps
procedures-wrong-same = This is the route of that day already. Where nothing changes, nothing need be entered

procedures-fixed = The route cannot be changed
procedures-fixed-by-clause = The route of “{ $name }” is set by these clauses. To change it, the regulation must be amended.
procedures-fixed-open-page = “{ $name }” comes from a page without sign-in. Nothing can be returned to whoever sent it, so it goes on with the check by those who do the work alone.
procedures-fixed-particular = The steps of “{ $name }” carry conditions or questions in the settings of the regulation and cannot be changed here.
procedures-refused-fixed = The route of this procedure cannot be changed
procedures-to-list = All procedures set by the organisation

procedures-take-back = Take this version back
procedures-take-back-lead = It is not in force yet and can be taken back. That it was, and why, stays in the history.
procedures-taken-back-now = The route entered for “{ $name }” was taken back
procedures-in-force-already = It is in force already and cannot be taken back. Enter another route
procedures-taken-back-already = This version was taken back already

# check of the routes
checkup-title = Check of the routes
checkup-lead = All routes held against those who hold posts today, and on every day of the next 60 on which posts, absences, stand-ins, regulations or routes change.
checkup-found = { $count ->
    [one] One finding
   *[other] { $count } findings
}
checkup-none = No step was found at which a request would stop.
checkup-step = Step
checkup-what = What happens
checkup-sections = For which sections
checkup-from = From and until
checkup-now = now
checkup-since = from { $day }
checkup-until = until { $day }
checkup-from-until = from { $from } until { $until }
checkup-everywhere = all sections
checkup-vacant = There is no { $tier }: it goes no further
checkup-away = Neither the { $tier } nor a deputy can act now: it goes no further
checkup-all-away = The { $tier } and everybody who stands in are away: it waits until one of them is back
checkup-no-longer-fits = The route set by the organisation does not fit this procedure: requests take the regulation’s route
checkup-against-clause = A clause sets the route: the one set by the organisation is not used
checkup-too-few = Fewer people than are needed can answer as { $tier }
checkup-moves = The post of { $from } is empty: the { $to } decides instead
checkup-own-matter = What concerns { $name } nobody else can decide or carry out
checkup-again = { $name } alone holds { $count } of the steps
checkup-note = Checked every night; the office hears once of what is new. Appointments, functions and stand-ins mend it.
checkup-told = { $count ->
    [one] The check of the routes newly found one place where requests would stop
   *[other] The check of the routes newly found { $count } places where requests would stop
}

checkup-moves-away = The { $from } is away: the { $to } decides instead
