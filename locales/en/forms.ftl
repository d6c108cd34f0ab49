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
form-ascii = Enter { $label } in plain letters, digits and signs
form-hiragana = Enter { $label } in hiragana
form-too-long = Enter { $label } in at most { $most } characters (now { $now })
form-already-used = This { $label } is already in use. Enter another { $label }
