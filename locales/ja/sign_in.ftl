# ログイン・有効化コード・パスワードの再発行
sign-in-title = ログイン
sign-in-login = 職員番号またはログインID
sign-in-password = パスワード
sign-in-go = ログインする
sign-in-forgotten = パスワードを忘れた
sign-in-by-code = 有効化コードを使う
sign-in-by-password = パスワードでログインする
sign-in-activate = 有効化コードでログイン
sign-in-activate-lead = 管理者から受け取ったコードは1回だけ使えます。続けて新しいパスワードを決めてください。
sign-in-code = 有効化コード
sign-in-code-hint = 例：7K3M-Q2XA-…（24文字。大文字・小文字・ハイフンは気にせず入力できます）
sign-in-wrong = ログインIDかパスワードが違うか、いまは使えません。続けて間違えると、しばらく待つ必要があり、やがて使用停止になります。
sign-in-wrong-code = ログインIDか有効化コードが違うか、いまは使えません。期限が切れたときは、もう一度発行を受けてください。
sign-in-left = ログアウトしました
