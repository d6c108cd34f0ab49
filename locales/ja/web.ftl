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
web-cover = 画面を伏せました
web-cover-why = { $count }分間操作がなかったため、画面を伏せました。続けるには、もう一度ログインしてください。入力した内容は、まだこの画面に残っています。
web-cover-again = ログインし直す
web-cover-keep = 入力した内容を残してログインし直す
web-sign-out = ログアウトする
web-basis = この画面の根拠
web-basis-none = この画面を直接に求める条項はありません。規程を運用するために置いている画面です。
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

# 日付・時刻の誤り: なぜ読めないか、どう直すか
date-fault-empty = { $label }に日付を入力してください
date-fault-unreadable = { $label }を日付として読めません。2026/4/1、R8.4.1、令和8年4月1日のように入力してください
date-fault-no-year = { $label }の{ $month }月{ $day }日が、何年か分かりません。R8.{ $month }.{ $day }のように年から入力してください
date-fault-no-day = { $label }に日がありません。年月日まで、2026/4/1、R8.4.1のように入力してください
date-fault-two-digit-year = { $label }の「{ $year }」年が、西暦か元号か分かりません。R8.4.1のように元号を付けるか、2026/4/1のように西暦4桁で入力してください
date-fault-no-such-day = { $label }の{ $month }月{ $day }日は、その年の暦にありません。日付を確かめてください
date-fault-no-such-year = { $label }の{ $era ->
    [M] 明治
    [T] 大正
    [S] 昭和
    [H] 平成
   *[R] 令和
  }に、その年はありません。R8.4.1、2026/4/1のように入力してください
date-fault-outside-era = { $label }の{ $era ->
    [M] 明治
    [T] 大正
    [S] 昭和
    [H] 平成
   *[R] 令和
  }は、その日には使われていませんでした。{ $western }のことなら、{ $meant }と入力してください
date-fault-before-solar-calendar = { $label }が、今の暦より前（明治5年以前）です。明治6年1月1日から後の日付を入力してください
date-fault-wrong-weekday = { $label }の曜日が日付と合いません（入力は{ $typed ->
    [Mon] 月
    [Tue] 火
    [Wed] 水
    [Thu] 木
    [Fri] 金
    [Sat] 土
   *[Sun] 日
  }曜日、その日は{ $actual ->
    [Mon] 月
    [Tue] 火
    [Wed] 水
    [Thu] 木
    [Fri] 金
    [Sat] 土
   *[Sun] 日
  }曜日）。日付を確かめてください
date-fault-has-time = { $label }には時刻を付けず、日付だけを入力してください
date-fault-not-yet = { $label }がまだ来ていない日です。今日までの日を入力してください
time-fault-empty = { $label }に時刻がありません。2026/4/1 9:30、9:30のように入力してください
time-fault-unreadable = { $label }を時刻として読めません。9:30、午後2時半のように入力してください
time-fault-no-such-time = { $label }の時刻が、0:00から23:59までにありません。時刻を確かめてください
time-fault-end-of-day = { $label }の24:00は、翌日の0:00です。0:00か23:59で入力してください
