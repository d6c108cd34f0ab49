# Designation
designees-title = Designations
designees-lead = Where the regulation says “or a designee”, the holder of the post entrusts the work to somebody for a time. A designation ends with the post of whoever made it.
designees-new = Designate somebody
designees-new-lead = Only work for which the text of the regulation allows a designee can be chosen. What the text leaves to the holder alone cannot be entrusted.
designees-name = Designate
designees-post = As holder of
designees-post-hint = One of your own posts.
designees-person = Designee
designees-matters = Entrusted work
designees-matters-hint = The designee can do the chosen work and no other.
designees-reason-hint = Both of you read it.
designees-by = Designated by
designees-by-of = { $name } ({ $tier })
designees-period-of = { $from } – { $last }
designees-matter = { $kind }: { $step }
designees-matter-release = Release of locked accounts
designees-matter-own = Procedure of the organisation
designees-matter-former = Work under a former regulation
designees-state-now = In force
designees-state-coming = Not begun
designees-state-over = Over
designees-state-ended = Ended early
designees-state-lapsed = Ended: its maker left the post
designees-none = Nobody is designated
designees-none-why = Designate somebody when the holders of the post cannot do all of its work themselves.
designees-named = Designated. Both of you have been told by mail.
designees-end = End the designation
designees-end-question = End the designation of { $name }?
designees-end-follows = From now on the designee can no longer do the entrusted work. The record stays, and both are told by mail.
designees-ended = The designation has ended. Both have been told by mail.
designee-refused-self = You cannot designate yourself. Choose somebody else
designee-refused-outsider = Contractors and vendors cannot be designated. Choose a member of the organisation
designee-refused-taken = This person is designated in that time already. End that designation first, or choose other days
designee-refused-post-ends = Your post ends before that. Choose an earlier last day
designee-refused-others-matter = Some of this work does not belong to the post chosen. Choose only work of that post
designee-refused-anothers = This designation is ended by its maker, or by somebody who holds the same post.
designee-refused-over = This designation is already over.
designee-letter-named = A designation was entered ({ $from } – { $last }). Please check it
designee-letter-ended = A designation has ended
designee-mail-named = Designated ({ $name }, by { $holder }, { $from } – { $last })
designee-mail-ended = Designation ended ({ $name }, by { $holder })
designees-matters-count =
    { $count ->
        [one] { $count } task
       *[other] { $count } tasks
    }
