# 画面の枠: どの画面にもあることば
web-title = { $title } — Mamori
web-title-error = エラー：{ $title } — Mamori
web-skip = 本文へ移動
web-menu-open = メニューを開く
web-menu = 主なメニュー
web-where = 現在の場所
web-search = 全体を検索
web-search-hint = 受付番号・管理番号・氏名
web-apply = 申請する
web-notices =
    { $count ->
        [0] お知らせ
       *[other] お知らせ 未読{ $count }件
    }
web-number = { $count }
web-count-unit = 件
web-standing = 立場
web-theme = 明るさを選ぶ
web-theme-system = 端末の設定に合わせる
web-theme-light = 明るくする
web-theme-dark = 暗くする
web-sign-out = ログアウトする
web-basis = この画面の根拠
web-tagline = 情報セキュリティ管理ポータル
web-recorded = このシステムの操作はすべて記録されます。
web-printed = { $day } 印刷
web-close = 閉じる
web-cancel = やめる
web-list-comma = 、
web-keys = キーボード操作
web-key-search = 検索欄へ移動
web-key-rows = 一覧の次の行・前の行へ
web-key-open = 選んだ行を開く
web-key-approve = 承認する（確認画面が出ます）
web-key-return = 差し戻す（理由の入力へ）
web-key-refuse = 却下する（理由の入力へ）
web-key-help = この一覧を開く
web-keys-note = 文字入力中は働きません。
web-keys-off = 1文字のキー操作を止める

# 期限
date-today = 今日
date-left = あと{ $count }日
date-over = { $count }日超過
