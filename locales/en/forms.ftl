# Fields: words for every form. An error says what to do
form-required = required
form-optional = optional
form-please-choose = Choose
form-ticked = Confirmed
form-faults =
    { $count ->
        [one] Correct { $count } answer
       *[other] Correct { $count } answers
    }
form-left =
    { $count ->
        [one] { $count } character left
       *[other] { $count } characters left
    }
form-left-words = %n characters left
form-missing = Enter { $label }
form-choose = Choose { $label }
form-choose-listed = Choose { $label } from the list shown
form-tick = Check and tick “{ $label }”
form-digits = Enter { $label } in digits
form-digits-exact = Enter { $label } as { $count } digits
form-code = { $label } begins with a letter or a digit
form-ascii = Enter { $label } in plain letters, digits and signs
form-hiragana = Enter { $label } in hiragana
form-too-long = Enter { $label } in at most { $most } characters (now { $now })
form-already-used = This { $label } is already in use. Enter another { $label }
form-day-within = { $label }: enter a day from { $first } to { $last }
form-day-not-before-today = { $label }: enter today ({ $day }) or a later day
form-day-not-after-today = { $label }: enter today ({ $day }) or an earlier day
form-day-after = { $label }: enter a day after “{ $start }” ({ $day })
form-time-after = { $label }: enter a time after “{ $start }” ({ $day })
form-time-past = { $label }: enter a time before now ({ $now })
