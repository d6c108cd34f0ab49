# パスワードを忘れた場合の処置: 開いた画面での申請、本人確認、使用停止の解除
password-reset-nav = ログインIDの管理
password-reset-title = パスワード再発行申請
password-reset-lead = パスワードを忘れたとき、使用停止になったときに申請します。情報システムの担当が、台帳にあるあなたの電話番号などで本人であることを確かめてから、有効化コードを渡します。
password-reset-send = 申請を送信する
password-reset-back = ログイン画面へ戻る
password-reset-received = 申請を受け付けました
password-reset-received-lead = 情報システムの担当が内容を確かめ、台帳にある連絡先へ折り返します。
password-reset-received-next = 入力されたログインIDがあるかどうかは、この画面ではお知らせしていません。急ぐときは、直接電話してください。
password-reset-subject = パスワード再発行（申告された氏名：{ $name }）
password-reset-line-issue = 本人確認と再発行
password-reset-line-notice = 利用者への通知
password-reset-code = 有効化コード（仮パスワード）
password-reset-register = 職員台帳
password-reset-nobody-found = 申告されたログインID・職員番号の人は、台帳に見つかりません
password-reset-nobody = この職員番号で、ログインIDのある人が見つかりません。台帳で確かめて入力してください
password-reset-no-number = 台帳に番号がありません
password-reset-no-telephone = 台帳に電話番号がないため、電話では確かめられません。別の確認方法を選んでください
password-reset-other-telephone = 台帳にある電話番号にかけて、その番号を入力してください
password-reset-issue-first = 先に、本人確認と再発行を記録してください
password-reset-unmatched = 本人確認で不一致（{ $method }）
password-reset-telephone = 電話番号（台帳）
password-reset-state = ログインの状態
password-reset-state-active = 使用中
password-reset-state-locked = 使用停止（失敗回数超過）
password-reset-state-stopped = 停止
password-reset-state-waiting = 有効化コード待ち
password-reset-words = ことば
password-reset-words-hint = ログインID・氏名・職員番号
password-reset-login = ログインID
password-reset-name = 氏名
password-reset-number = 職員番号
password-reset-department = 部署
password-reset-last = 直近のログイン
password-reset-none = あてはまるログインIDはありません
password-reset-none-why = ログインID、氏名、職員番号のどれかで探してください。
password-reset-list-lead = 使用停止になったものから順に並べています。停止中のログインIDを開くと、本人確認を記録して解除できます。
password-reset-release = 使用停止の解除
password-reset-release-lead = 本人であることを確かめ、その方法・番号・結果・時刻を記録してから解除します。
password-reset-release-reason = 解除の理由
password-reset-release-reason-hint = 操作記録に残ります。
password-reset-release-go = 確認を記録して解除する
password-reset-method = 確認方法
password-reset-contact = 確認に使った電話番号など
password-reset-contact-hint = 台帳にあるものを使います。本人を名乗る人が言った番号は使いません。
password-reset-result = 確認の結果
password-reset-result-matched = 本人と一致
password-reset-result-unmatched = 不一致
password-reset-checked-on = 確認した日
password-reset-checked-time = 確認した時刻
password-reset-checked-time-hint = 24時間で、9:05 のように入力します。
password-reset-check-before-lock = 使用停止になった時より後の日時を入力してください
password-reset-notice-early = 通知日時は、再発行より後の日時を入力してください
password-reset-other-person = 申告された人と異なります。その人に再発行する理由を入力してください
password-reset-released = { $name }さんの使用停止を解除しました。
password-reset-not-released = { $name }さんの本人確認の不一致を記録しました。使用停止は解除していません。
password-reset-mail-reissued = あなたのパスワードが再発行されました
password-reset-mail-reissued-body =
    { $day }に、あなたのパスワードが再発行されました。
    これまでのパスワードは使えません。ほかの端末のログインは終わりました。

    心当たりがないときは、すぐに情報システムの担当に電話してください。
password-reset-mail-unmatched = 本人確認の不一致がありました（{ $number }）
password-reset-mail-unmatched-body =
    { $subject }

    他人になりすました申請のおそれがあります。内容を確かめてください。
    { $href }
password-reset-no-mail-server = このポータルはメールを送れないため、設定リンクは使えません。対面手渡しを選んでください
password-reset-no-mail = この人のメールアドレスが台帳にありません。対面手渡しを選んでください
password-reset-other-delivery = 再発行のときに選んだ伝達方法と異なります
password-reset-mail-link = 新しいパスワードを設定してください
password-reset-mail-link-body =
    パスワードの再発行を受け付け、本人確認を済ませました。次のリンクを開いて、新しいパスワードを決めてください。
    リンクは一度だけ、{ $hours }時間以内に使えます。心当たりがないときは、開かずに窓口へ知らせてください。
    { $link }
