# Drafts: what is filled in for the one who files it, and what one goes on with later
drafts-title = Drafts
drafts-lead = Entered, not yet filed. Shown only to whoever prepared it and whoever files it.
drafts-one = Draft, not filed yet
drafts-all = All drafts
drafts-received = Received drafts
drafts-none-received = No draft waits for you.
drafts-own = Begun by yourself
drafts-sent-list = Drafts handed over
drafts-col-form = Request
drafts-prepare = Requests that you can prepare for somebody else
drafts-prepare-note = The manager of your section files them. You can fill them in and hand them over.
drafts-who-files = This request is filed by: { $tier }
drafts-nobody = Your section has no { $tier } at present, so the draft cannot be handed over. Please tell the office.
drafts-how = Fill in below what you know and hand it over as a draft. Whoever receives it checks it and files it in their own name.
drafts-holder = { $name } ({ $place })
drafts-deputy = { $name } (standing in for { $place })
drafts-send-to = Hand over to the one who files it
drafts-send = Hand over the draft
drafts-keep = Save as a draft
drafts-note = Message to the one who files it
drafts-note-hint = For example why it is urgent. Up to 500 characters. It does not become part of the request.
drafts-preparer = Prepared by
drafts-recipient = Filed by
drafts-by-portal = The portal (by itself)
drafts-why = Why it was prepared
drafts-since = Prepared on
drafts-last-day = To be filed by
drafts-state = State
drafts-state-open = To be filed
drafts-state-filed = Filed
drafts-state-returned = Returned
drafts-state-discarded = Discarded
drafts-state-taken-back = Taken back
drafts-state-expired = Expired
drafts-request = Request
drafts-about = About this draft
drafts-content = What was entered
drafts-content-note = It is checked when it is filed.
drafts-empty = Nothing has been entered yet.
drafts-open = Open and file
drafts-again = Correct and hand over again
drafts-not-filed = If you do not file it
drafts-reason = Reason
drafts-reason-hint = Told to whoever prepared it.
drafts-give-back = Return
drafts-discard = Discard
drafts-discard-ask = Discard this draft?
drafts-discard-follows = What was entered can no longer be used.
drafts-take-back = Take back
drafts-take-back-ask = Take this draft back?
drafts-take-back-follows = Whoever received it can no longer file from it.

drafts-sent = The draft was handed over. You will be told when it is filed.
drafts-kept = The draft was saved.
drafts-returned = The draft was returned.
drafts-discarded = The draft was discarded.
drafts-taken-back = The draft was taken back.

drafts-refused-kind = A draft of this request cannot be handed over.
drafts-refused-long = Please use no more than 500 characters.
drafts-refused-receiver = Please choose who files it.
drafts-refused-reason = Please give the reason.
drafts-refused-ended = This draft has already been filed or has ended.
drafts-refused-portal = A draft prepared by the portal cannot be returned. If you do not file it, give the reason and discard it.

drafts-mail-prepared = { $name } prepared a draft of “{ $form }” for you
drafts-mail-raised = A draft of “{ $form }” was prepared
drafts-mail-filed = Your draft was filed: { $name }, “{ $form }”
drafts-mail-returned = { $name } returned the draft of “{ $form }”
drafts-mail-discarded = { $name } discarded the draft of “{ $form }”
drafts-mail-taken-back = { $name } took back the draft of “{ $form }”
drafts-mail-expired = The draft of “{ $form }” has expired
drafts-mail-body =
    { $subject }.
    To be filed by { $day }
    { $link }
