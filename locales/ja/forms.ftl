# 入力欄: どの入力にも使うことば。誤りは「どうすればよいか」で伝える
form-required = ※必須
form-optional = ※任意
form-please-choose = 選んでください
form-ticked = 確認しました
form-faults = { $count }か所を直してください
form-left = あと{ $count }字
form-left-words = あと%n字
form-missing = { $label }を入力してください
form-choose = { $label }を選んでください
form-choose-listed = { $label }は、表示されているものから選んでください
form-tick = 「{ $label }」を確かめて、印を付けてください
form-digits = { $label }を数字で入力してください
form-digits-exact = { $label }を{ $count }桁の数字で入力してください
form-ascii = { $label }を半角の英数字と記号で入力してください
form-hiragana = { $label }をひらがなで入力してください
form-too-long = { $label }を{ $most }字以内で入力してください（いまは{ $now }字です）
form-already-used = この{ $label }はすでに使われています。別の{ $label }を入力してください
