# 自分のパスワードとログイン中の端末、ログインIDの管理で断ることば
people-back-home = ホームへ戻る
people-refused-has-sign-in = この人のログインIDは、すでに使えるようになっています
people-refused-login-taken = ログインID「{ $login }」はすでに使われています。別のIDを入力してください
people-refused-identity-check = 本人確認を記録してください
people-refused-not-recognised = 本人と確認できないため、発行できません
people-refused-check-future = 確認日時は、いまより前の時刻を入力してください
people-refused-not-locked = このログインIDは使用停止になっていません
people-refused-stopped = このログインIDは停止・無効です。使うには、アカウント登録申請が必要です
people-refused-oneself = 自分のログインIDは扱えません。ほかのシステム管理者が行ってください
people-letter-locked = ログインIDが使用停止になりました。内容を確かめてください
people-mail-locked = { $name }さんのログインIDが使用停止になりました
people-mail-locked-body =
    ログインIDが1件、続けて間違えたため使用停止（失敗回数超過）になりました。本人確認をしてから解除してください。
    { $link }
people-mail-locked-section =
    所属の職員のログインIDが1件、続けて間違えたため使用停止（失敗回数超過）になりました。どの職員かはポータルで確かめ、心当たりを本人に尋ねてください。
    解除は、本人の申請を受けて、ポータルの所管課の責任者が理由を記録して行います。
people-mail-password-due = パスワードの変更期限：{ $day }
people-password-title = パスワードを変更する
people-password-title-forced = パスワードを変更してください
people-password-lead = 変更すると、ほかの端末のログインは終わります。
people-password-lead-first = 有効化コードで確認しました。新しいパスワードを決めるまで、先に進めません。
people-password-expired = パスワードの変更期限を過ぎています
people-password-lead-expired = { $words }。変更するまで、ほかの画面は使えません。
people-password-lead-disowned = 別の端末からのログインに「自分ではない」と答えたため、前のパスワードは使えません。新しいパスワードを決めるまで、ほかの画面は開けません。
people-password-set-on = いまのパスワードは{ $day }に設定しました。
people-password-due = いまのパスワードの変更期限は{ $day }です。
people-password-current = いまのパスワード
people-password-new = 新しいパスワード
people-password-again = 新しいパスワード（確認）
people-password-again-hint = 貼り付けもできます。
people-password-rules = パスワードの条件
people-password-go = 変更して続ける
people-password-changed = パスワードを変更しました
people-password-differs = 新しいパスワードと同じものを、もう一度入力してください
people-password-current-wrong = いまのパスワードが違うか、いまは使えません
people-password-rule-length = { $count }文字以上
people-password-rule-classes = { $classes }をそれぞれ1文字以上含む
people-password-rule-guessable = よく使われる語、職員番号・氏名・ログインID・所属名・組織名、生年月日になりうる日付を含まない
people-password-rule-history = 過去{ $count }回と異なる
people-password-rule-history-all = 以前に使ったものと異なる
people-password-class-between = ・
people-password-class-letter = 英字
people-password-class-upper = 大文字
people-password-class-lower = 小文字
people-password-class-digit = 数字
people-password-class-special = 特殊文字
people-password-class-symbol = 記号
people-password-broken-short = { $count }文字以上にしてください
people-password-broken-long = { $count }文字以内にしてください
people-password-broken-class = { $classes }を1文字以上含めてください
people-password-broken-classes = { $classes }をそれぞれ1文字以上含めてください
people-password-broken-common = 推測されやすいパスワードは使えません。別の語を組み合わせてください
people-password-broken-context = 推測されやすいパスワードは使えません。「{ $word }」が入っています。別の語に置き換えてください
people-password-broken-date = 推測されやすいパスワードは使えません。日付（{ $word }）が入っています。別の語に置き換えてください
people-password-broken-reused = 過去{ $count }回以内に使用したパスワードは使えません
people-password-broken-reused-all = 以前に使用したパスワードは使えません
people-password-broken-temporary = 仮のパスワード（有効化コード）と異なるパスワードにしてください
people-sessions = ログイン中の端末
people-sessions-idle = { $count }分使わないと終わります
people-sessions-most = 同時に{ $count }台まで
people-session-agent = ブラウザ
people-session-source = 接続元
people-session-since = ログイン
people-session-seen = 最後の操作
people-session-until = 遅くとも終わる時刻
people-session-this = この端末
people-session-end = 終わらせる
people-session-ended = ログインを終わらせました
elsewhere-title = 同時ログインの記録
elsewhere-lead = 同じユーザIDが、別の端末で同時に使われたときの記録です。
elsewhere-none = 同時ログインはありません
elsewhere-none-why = ログイン中のユーザIDで別の端末からログインがあると、ここに載り、本人とあなたに知らせます。
elsewhere-person = 利用者
elsewhere-at = 検知日時
elsewhere-came = 接続元
elsewhere-there = 先にログインしていた端末
elsewhere-answer = 本人の回答
elsewhere-unanswered = 未回答
elsewhere-answer-own = 自分です
elsewhere-answer-not-own = 自分ではない
elsewhere-not-own-follows = すべての端末のログインを直ちに終わらせ、いまのパスワードを使えなくします。再発行を申請していただきます。
elsewhere-not-own-follows-alone = すべての端末のログインを直ちに終わらせ、いまのパスワードを使えなくします。いま管理者としてログインできるのはあなただけのため、画面からは再発行できません。ポータルを動かしているサーバで、本人確認のうえ mamori admin reset（あなたのログインID）を実行すると、新しい初回コードが出ます。サーバに入れる人がいることを確かめてから答えてください。
elsewhere-heading = 別の端末からログインがありました
elsewhere-question = { $at }に、{ $came }から同じユーザIDでログインがありました。そのとき{ $there }でもログイン中でした。あなたですか。
elsewhere-go = 回答する
elsewhere-owned = 回答を記録しました
elsewhere-disowned = すべての端末のログインを終わらせ、パスワードを使えなくしました。下の「パスワードを忘れた」から再発行を申請してください。
elsewhere-disowned-alone = すべての端末のログインを終わらせ、パスワードを使えなくしました。ほかに管理者としてログインできる人がいないため、画面からは再発行できません。サーバで、本人確認のうえ mamori admin reset を実行し、出た初回コードを「初回コードで始める」に入力してください。
elsewhere-refused-answered = この件にはすでに回答しています。
elsewhere-mail = 別の端末からログインがありました
elsewhere-mail-body =
    { $at }に、{ $source }（{ $browser }）から、あなたのユーザIDでログインがありました。そのとき、あなたのユーザIDは別の端末でもログイン中でした。

    心当たりがあるかどうかを、次の画面で答えてください。「自分ではない」を選ぶと、すべての端末のログインが終わり、いまのパスワードは使えなくなります。

    { $href }
elsewhere-letter-watch = 同時ログインを検知しました。内容を確かめてください
elsewhere-mail-watch = 同時ログインを検知しました（{ $name }さん）
elsewhere-mail-watch-body =
    職員のユーザIDが、別の端末で同時に使われました。どの職員かはポータルで確かめてください。

    検知日時 { $at }
    接続元 { $source }（{ $browser }）

    { $href }
elsewhere-letter-disowned = 同時ログインに「自分ではない」との回答がありました。対応してください
elsewhere-mail-disowned = 「自分ではない」との回答がありました（{ $name }さん）
elsewhere-mail-disowned-body =
    同時ログインについて、本人が「自分ではない」と答えました。すべての端末のログインを終わらせ、パスワードを使えなくしました。本人確認のうえでの再発行を待っています。

    { $href }
elsewhere-mail-alone = 管理者としてログインできる人がいなくなりました
elsewhere-mail-alone-body =
    管理者が、同時ログインについて「自分ではない」と答えたため、パスワードを使えなくしました。ほかに管理者としてログインできる人がいないので、画面からは再発行できません。

    ポータルを動かしているサーバで、本人確認のうえ、次の命令を実行してください。新しい初回コードが出ます。

    mamori admin reset { $login } --method 対面 --contact 確認した番号又は場所
pledge-title = ユーザIDとパスワードについての誓約
pledge-lead = 次のことを守ると誓約しますか。回答は、日時とともに記録されます。
pledge-answer = 回答
pledge-answer-given = 誓約します
pledge-answer-declined = 誓約しません
pledge-go = 回答する
pledge-given = 誓約を記録しました
pledge-declined = 「誓約しません」との回答を記録しました
pledge-given-on = 前回の回答：誓約します（{ $day }）
pledge-declined-on = 前回の回答：誓約しません（{ $day }）
people-step-up = もう一度パスワードを入力してください
people-step-up-export = 1,000行を超える書出しには、本人であることをもう一度確かめます。
people-step-up-unlock = 使用停止の解除には、本人であることをもう一度確かめます。
people-step-up-reissue = パスワードの再発行には、本人であることをもう一度確かめます。
people-step-up-rights = 権限に触れる登録には、本人であることをもう一度確かめます。
people-step-up-settings = 組織が定める値の変更には、本人であることをもう一度確かめます。
people-step-up-log = 操作記録の書出しには、本人であることをもう一度確かめます。
people-step-up-go = 続ける
people-own-password = あなたのパスワード
people-own-password-wrong = パスワードが違うか、いまは使えません
