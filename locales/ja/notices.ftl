notices-title = お知らせ
notices-lead = 未読のものが先に並びます。開くか「確認済みにする」を押すと、既読になります。
notices-none = お知らせはありません
notices-read = 確認済みにする
notices-read-this = 確認済みにする：{ $what }
notices-read-all = すべて確認済みにする
notices-all-read = お知らせをすべて確認済みにしました
notices-state-read = 既読
notices-state-over = 処理済み
notices-part-waiting = 承認待ち・対応待ち
notices-part-due = 期限
notices-part-news = お知らせ
notices-settings = メールの受け取り方
notices-settings-lead = お知らせは、すべてこのポータルで読めます。ここでは、メールでも受け取るものを選びます。
notices-choice-digest = 朝のまとめメール
notices-choice-hint-digest = 営業日の{ $at }に、未読のお知らせを一通にまとめて送ります。休業日と、伝えることがない日には送りません。
notices-choice-returns = 差戻し・却下のメール
notices-choice-hint-returns = あなたに戻ってきたときに、すぐに送ります。受け取らないときは、朝のまとめメールに入ります。
notices-choice-urgent = 期限超過・催促のメール
notices-choice-hint-urgent = 期限を過ぎたときや催促されたときに、すぐに送ります。受け取らないときは、朝のまとめメールに入ります。
notices-always = ログイン、パスワード、使用停止、操作記録の異常など、情報セキュリティに関わるメールは止められません。選択にかかわらず、すぐに送ります。
notices-keep = この設定にする
notices-chosen = メールの受け取り方を変えました
notices-digest-subject = 【Mamori】{ $day }：{ $what }
notices-digest-heading = { $part }{ $count }件
notices-digest-between = 、
notices-digest-section = ■ { $heading }
notices-digest-line = ・{ $what }
notices-digest-more = ほか{ $count }件
notices-digest-foot =
    すべてのお知らせ
    { $all }
    このメールを止める・受け取り方を変える
    { $settings }

notices-circulated = 未読の回覧が{ $count }件あります
