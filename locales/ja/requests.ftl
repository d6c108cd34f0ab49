# 申請: 申請する・承認待ち・実施待ち・申請の詳細
nav-inbox = 承認待ち
nav-work = 実施待ち
nav-requests = 自分の申請
nav-apply = 申請する

requests-choose = 申請する
requests-choose-sub = 何をしたいかで選びます。
requests-no-kinds = いま申請できるものはありません
requests-org-defined = 組織が定めた手続
requests-org-defined-note = この手続は規程に定めがなく、組織が定めたものです。規程の実施の証跡には数えません。
requests-clauses = 根拠 { $clauses }
requests-section-who = だれのことか
requests-section-what = 何を
requests-section-why = いつから、なぜ
requests-steps = 手順
requests-step-write = 入力する
requests-step-check = 内容を確かめる
requests-step-send = 送信する
requests-step-again = 再提出する
requests-to-check = 内容を確かめる
requests-see-route = 流れを確かめる
requests-flow = この申請の流れ
requests-sometimes = ※条件により必須
requests-no-options = 選べるものがありません。情報システムの担当に知らせてください。
requests-whose-first = 対象の人を入力して「表示する」を押すと、その人のものがここに並びます。
requests-nothing-in-sight = あなたの画面では選べません。申請する{ $tier }が選びます。空欄のまま渡せます。
requests-nothing-of-them = この人について選べるものはありません。
requests-show-theirs = { $label }を表示する
requests-tick-all = すべて選ぶ
requests-right-of = { $system }の権限
requests-choose-right = 権限を選んでください
requests-answer-yes = はい
requests-answer-no = いいえ
requests-check = 内容を確かめて送信してください
requests-check-again = 内容を確かめて再提出してください
requests-check-short = 内容の確認
requests-change = 変更する
requests-change-what = ：{ $label }
requests-send = 申請を送信する
requests-back-to-form = 入力に戻る
requests-send-again = 再提出する
requests-send-again-note = 再提出後も、作業が始まるまでは取り下げられます。
requests-send-note = 送信後も、作業が始まるまでは取り下げられます。
requests-mend = 直して再提出する
requests-returned-by = { $name }さんが差し戻しました
requests-becomes = から
requests-privileged = 特権
requests-differences = 前回からの変更
requests-round = { $round }回目の提出
requests-and-more = { $names } ほか{ $count }名
requests-recipient = 利用者
requests-nobody-here = 担当できる人がいません

# 誤り: どうすればよいか
requests-error-fill = { $label }を入力してください
requests-error-choose = { $label }を、表示されているものから選んでください
requests-error-right = { $system }の権限を選んでください
requests-error-every = { $label }は、すべて選んでください
requests-error-too-long = { $label }を{ $max }字以内で入力してください
requests-error-before-filing = { $label }が、申請された時より前になっています。申請より後の日時を入力してください
requests-error-before-decision = { $label }が、決定より前になっています。決定された後の日時を入力してください
requests-error-future = { $label }は、いまより前の日時を入力してください
requests-error-number = { $label }を整数で入力してください
requests-error-person = { $label }の職員番号又は氏名を入力してください。選んだ部署の人だけを指定できます。
requests-error-person-choose = { $label }の「{ $typed }」に当てはまる人が{ $count }人います。下から選ぶか、職員番号を入力してください
requests-person-candidates = どの人ですか

# 状態
requests-phase-in-review = 承認中
requests-phase-returned = 差戻し
requests-phase-pulled-back = 引戻し
requests-phase-executing = 実施中
requests-phase-handing-over = 受領待ち
requests-phase-reporting = 報告中
requests-phase-completed = 完了
requests-phase-refused = 却下
requests-phase-withdrawn = 取下げ
requests-line-open = 未実施
requests-line-begun = 作業の途中
requests-line-executed = 実施済
requests-line-acknowledged = 受領済
requests-line-declined = 実施せず
requests-line-over = 実施しません
requests-line-denied = 不許可
requests-act-file = 申請
requests-act-decide = 承認
requests-act-permit = 許可
requests-act-instruct = 指示
requests-act-consult = 協議
requests-act-confirm = 確認
requests-act-execute = 実施
requests-act-acknowledge = 受領
requests-act-report = 報告
requests-act-notify = 通知
requests-verdict-approve = 承認
requests-verdict-return = 差戻し
requests-verdict-refuse = 却下
requests-verdict-opinion = 意見
requests-verdict-report = 報告
requests-row-added = 実施時に追加
requests-row-changed = 実施時に変更
requests-row-stopped-on-receipt = 受付と同時に停止
requests-row-stopped = 実施時に停止
requests-row-unchanged = 変化なし
requests-row-done = 実施済
requests-row-left = 実施しない

# 経路
requests-moved-own-matter = 本人の案件のため
requests-moved-already-acted = ほかの段階を判断した人しかいないため
requests-moved-vacant = 空席のため
requests-side-by-side = 前の段階と同時に進みます
requests-needs-all = 全員の回答が必要です
requests-needs-majority = 過半数の回答が必要です
requests-may-be-missing = 空席のときは省略します
requests-needs = { $count }名の回答が必要です
requests-answers-given = { $names }が回答（{ $needed }名中{ $count }名）
requests-turns-more = { $names } ほか{ $count }件
requests-skipped-vacant = 空席のため省略
requests-moved-to-deputy = { $reason }、{ $tier }の代理が判断します
requests-moved-up = { $reason }、{ $tier }に代わって判断します
requests-mark-stand-in = { $name } 代理
requests-mark-named = { $named }として（{ $tier } { $name } の指名）
requests-mark-deputy = 代（この席の代理として）
requests-mark-joined = ほかの段階と兼ねて
requests-mark-by-rule = 代決（{ $name } 不在、代決規程 第{ $version }版）
requests-mark-reviewed = 後閲 { $day } { $name }
requests-mark-to-review = 後閲待ち（{ $day }まで）
requests-mark-slip = 受領書（{ $name }が記録）
requests-arrived =
    { $days ->
        [0] { $at } 到着
       *[other] { $at } 到着、{ $days }日経過
    }

# 詳細
requests-filed-on = 申請 { $day }
requests-work-from = { $day }から
requests-work-early = { $day }になるまで、実施を記録できません。準備は進められます。
requests-now = いま：{ $turns }
requests-turn = { $who }（{ $tier }）の{ $act }待ち
requests-turn-own = { $who }の{ $act }待ち
requests-turn-and-receipt = { $turn }、{ $who }の受領待ち
requests-turn-mend = いま：申請者の再提出待ち
requests-content = 申請の内容
requests-content-fixed = 処理する人は内容を変えられません。違うときは差し戻してください。
requests-beside = 作業の前の照合
requests-claims = 申請者（本人の申告）
requests-claims-note = 本人確認が済むまで、名乗っているだけの内容です。
requests-claim-login = ログインID
requests-claim-name = 氏名
requests-claim-reason = 申請の理由
requests-claim-callback = 折り返しの希望
requests-claim-source = 接続元
requests-ledgers = 関係する台帳
requests-ledgers-note = 実施されたときの変化
requests-lines = 実施と受領
requests-execute = 実施を記録する
requests-execute-on = 続きを記録する
requests-execute-go = 実施を記録する
requests-receive = 受領しました
requests-by-slip = まだログインできない人です。署名した受領書を受け取り、記録してください。
requests-slip = 受領書を入力する
requests-slip-ask = 「{ $line }」の受領書を記録しますか
requests-slip-go = 受領書を記録する
requests-slip-note = まだログインできない人が署名した受領書の番号と日付を入力します。代わりに入力したことが記録に残ります。
requests-slip-number = 受領書の番号
requests-slip-on = 署名の日付
requests-received = { $name }が受領しました（{ $at }）
requests-received-by-slip = 受領書 { $number }（{ $on }署名）を{ $name }が記録しました（{ $at }）
requests-talk = やり取り
requests-talk-note = この申請を見られる人だけが読めます
requests-say = 書き込む
requests-say-go = 書き込みを送る
requests-history = 履歴
requests-history-note = 消したり書き換えたりできません
requests-history-filed = { $name }が申請しました
requests-history-resubmitted = { $name }が直して再提出しました
requests-history-pulled-back = { $name }が申請を引き戻しました
requests-history-asked-again = { $name }が催促しました
requests-history-escalated = 期限を{ $days }営業日過ぎたため、上の責任者と事務局に知らせました
requests-history-approve = { $name }が{ $what }承認しました（{ $tier }）
requests-history-return = { $name }が{ $what }差し戻しました（{ $tier }）
requests-history-sent-back = { $name }が「{ $to }」へ差し戻しました（{ $tier }）
requests-history-refuse = { $name }が{ $what }却下しました（{ $tier }）
requests-history-taken-back = { $name }が{ $what }判断を引き戻しました（{ $tier }）
requests-history-deny = { $name }が{ $what }許可しませんでした（{ $tier }）
requests-history-withhold = { $name }が指示を見送りました（{ $tier }）
requests-history-permit = { $name }が{ $what }許可しました（{ $tier }）
requests-history-instruct = { $name }が{ $what }指示しました（{ $tier }）
requests-history-confirm = { $name }が{ $what }確認しました（{ $tier }）
requests-history-opinion = { $name }が{ $what }意見を述べました（{ $tier }）
requests-history-report = { $name }が{ $what }報告しました（{ $tier }）
requests-history-line = 「{ $line }」を
requests-history-done = { $name }が「{ $line }」を実施しました
requests-history-begun = { $name }が「{ $line }」の作業を始めました
requests-history-failed = { $name }が「{ $line }」を実施できませんでした
requests-history-declined = { $name }が「{ $line }」を実施しないことにしました
requests-history-commented = { $name }が書き込みました
requests-history-withdrawn = { $name }が取り下げました
requests-acted-for = { $principal }の代理 { $name }
requests-acted-by-rule = { $principal }の代決 { $name }
requests-history-reviewed = { $name }が、{ $by }の代決を後閲しました
requests-acted-named = { $name }（{ $mark }）
requests-somebody = ログインしていない人
requests-route = 承認の状況
requests-ended = { $how }で終わりました
requests-step-over = この段階には進みません
requests-progress = { $all }段階のうち{ $done }段階が済み
requests-fulfils = この申請が果たす規程
requests-earlier = この人の前の申請
requests-so-far = ここまでの判断
requests-recorded-at = 「{ $step }」の記録
requests-open-page = 申請の詳細を開く

# 判断
requests-words = 添える言葉
requests-words-hint = 添える言葉（差戻しと却下では必須）
requests-words-needed = 添える言葉（必須）
requests-words-by-rule = 代決する理由
requests-words-by-rule-hint = 代決する理由（必須）
requests-approve-follows = 承認すると、申請は次の段階に進みます。
requests-do-decide = 承認する
requests-do-permit = 許可する
requests-do-instruct = 指示する
requests-do-consult = 意見を記録する
requests-do-confirm = 確認した
requests-do-report = 報告する
requests-do-by-rule = 代決で承認する
requests-ask-decide = 承認しますか
requests-ask-permit = 許可しますか
requests-ask-instruct = 指示しますか
requests-ask-consult = 意見を記録しますか
requests-ask-confirm = 確認を記録しますか
requests-ask-report = 報告しますか
requests-ask-by-rule = 代決で承認しますか
requests-stop-decide = 却下する
requests-stop-permit = 許可しない
requests-stop-instruct = 指示しない
requests-stop-ask-decide = 却下しますか
requests-stop-ask-permit = 許可しませんか
requests-stop-ask-instruct = 指示を見送りますか
requests-return-ask = 差し戻しますか
requests-return-follows = 申請者にそのまま届きます。直して、もう一度送れます。
requests-refuse-why = 却下の理由
requests-refuse-follows = この申請は終わります。直せば認められるときは「差し戻す」を使ってください。
requests-return = 差し戻す
requests-return-why = どこを、どう直してほしいか
requests-return-to = 差戻し先
requests-return-to-applicant = 申請した人
requests-return-to-step = { $step }（{ $who }）
requests-return-repeats = 段階を選ぶと、そこから後の段階はもう一度判断します。
requests-return-comes-straight = 段階を選ぶと、そこで判断したあと、この段階へ直接戻ります。
requests-pull-back = 引き戻す
requests-ask-again = 催促する
requests-ask-again-ask = いまの担当者に催促しますか
requests-ask-again-follows = 担当者にメールで知らせます。1日に1回までです。
requests-copy = 複写して申請する
requests-pull-back-ask = この申請を引き戻しますか
requests-pull-back-follows = まだ誰も処理していない申請を手元に戻します。直して、同じ番号で出し直せます。
requests-take-back = 判断を引き戻す
requests-take-back-ask = 自分の判断を引き戻しますか
requests-take-back-follows = 申請はあなたの段階に戻り、もう一度判断できます。引き戻したことは履歴に残ります。
requests-withdraw = 取り下げる
requests-withdraw-ask = この申請を取り下げますか
requests-withdraw-follows = 取り下げると、担当者への依頼も消えます。番号は使い直しません。
requests-reason = 理由
requests-decline = この行だけ実施しない
requests-decline-hint = ほかの行は実施済みのため、差し戻せません。申請者にそのまま届きます。
requests-decline-hint-begun = この行の作業は途中まで済んでいます。発行したログインIDと台帳の行は、いっしょに停止します。理由は申請者にそのまま届きます。
requests-decline-go = 実施しないことにする
requests-form-again = ログアウトの前に入力した内容を戻しました。まだ送信していません。
requests-your-words = 送信しようとした言葉
requests-your-words-note = すでに先へ進んだため、受け付けていません。必要なら、やり取りに書いて伝えてください。
requests-your-words-gone = すでに先へ進んだため、受け付けていません。
requests-reveal = 一度だけの表示
requests-reveal-once = この画面を閉じると、二度と表示できません。利用者に安全な方法で渡してください。
requests-reveal-note = ポータルは、この値を復元できる形では保存しません。
requests-reveal-done = 渡しました
requests-reveal-next = 渡したら、続けて記録する

# 一覧
requests-col-number = 受付番号
requests-col-subject = 件名
requests-col-kind = 種類
requests-col-applicant = 申請者
requests-col-state = 状態
requests-col-turn = いまの担当
requests-col-filed = 申請日
requests-col-waited = 待ち
requests-col-due = 期限
requests-col-ledger = 台帳
requests-col-row = 内容
requests-col-change = この申請による変化
requests-open = 進行中
requests-every = すべて
requests-in-reach = 見られる申請
requests-overdue = 期限超過
requests-tabs = 表示の切替
requests-tab-turn = 自分の番
requests-tab-coming = これから来る
requests-tab-done = 済み
requests-search = 受付番号・件名・氏名で探す
requests-search-go = 探す
requests-pages = ページ
requests-next-page = 続きを見る
requests-waited =
    { $count ->
        [0] 今日到着
       *[other] { $count }日経過
    }
requests-queue-sub = 作業と受領書の記録を待つもの { $count }件。期限の近い順です。
requests-none-mine = 進行中の申請はありません
requests-none-found = 当てはまる申請はありません
requests-none-work = 実施を待っている作業はありません
requests-none-work-why = 承認が済むと、ここに届きます。
requests-none-inbox = 承認を待っている申請はありません
requests-none-inbox-why = あなたの番になると、ここに届き、メールでも知らせます。
requests-nothing-open = 左の一覧から選んでください

# した結果
requests-filed = { $number } を受け付けました
requests-resubmitted = { $number } を再提出しました
requests-approved = { $number } を承認しました
requests-permitted = { $number } を許可しました
requests-instructed = { $number } を指示しました
requests-confirmed = { $number } を確認しました
requests-returned = { $number } を差し戻しました
requests-refused = { $number } を却下しました
requests-consulted = { $number } に意見を記録しました
requests-reported = { $number } を報告しました
requests-withdrawn = { $number } を取り下げました
requests-pulled-back = { $number } を引き戻しました。直して出し直せます
requests-asked-again = { $number } の担当者に催促しました
requests-taken-back = { $number } の判断を引き戻しました
requests-sent-back = { $number } を前の段階へ差し戻しました
requests-line-approved = { $number } の1行を許可しました
requests-line-refused = { $number } の1行を許可しませんでした。ほかの行は、それぞれ判断します
requests-executed = { $number } の実施を記録しました
requests-executed-refused = 確認の結果を記録し、{ $number } を却下しました
requests-begun = { $number } の作業の途中までを記録しました
requests-declined = { $number } の1行を実施しないことにしました
requests-acknowledged = { $number } の受領を記録しました

# できない理由と、すること
requests-refused-not-waiting =
    { $phase ->
        [in_review] この申請は承認中です。いまの担当の判断を待ってください。
        [returned] この申請は差し戻されています。申請者が再提出すると、次に進みます。
        [executing] この申請は承認が済み、実施中です。最新の内容を開いてください。
        [handing_over] この申請は実施が済み、受領を待っています。最新の内容を開いてください。
        [reporting] この申請は実施が済み、報告の段階です。最新の内容を開いてください。
        [completed] この申請は完了しています。変えたいときは、新しく申請してください。
        [refused] この申請は却下されています。必要なときは、新しく申請してください。
       *[withdrawn] この申請は取り下げられています。必要なときは、新しく申請してください。
    }
requests-refused-own-request = 自分が申請した、又は自分が対象の申請は、判断も実施もできません。ほかの担当者か代理に任せてください。
requests-refused-principals-request = 代理の相手がこの申請の申請者又は対象者なので、代わって判断できません。同じ席のほかの人に任せてください。
requests-refused-not-owners = この情報システムの所管課の責任者ではありません
requests-refused-not-your-step = この段階は{ $tier }が担当します。担当者に任せてください。
requests-refused-already-acted = この申請のほかの段階を判断した人は、この段階を判断できません。ほかの担当者に任せてください。
requests-refused-apart-from-decider = あなたは{ $tier }でもあるため、この段階を代わりに判断できません。規程は、{ $tier }と承認する人を分けています。決裁者本人の判断を待ってください。
requests-refused-reserved-to-decider = この申請は、代決できません。決裁者が戻るのを待つか、代理の登録を頼んでください。
requests-refused-somebody-stands-in = 代理がいるため、代決はできません。代理に任せてください。
requests-refused-not-yet-by-rule = まだ代決できません。決裁者の不在が登録されるか、代決規程の日数を過ぎると、代決できます。
requests-refused-not-in-turn = 代決の順位が先の人がいます。その人も不在のときに、代決できます。
requests-refused-nothing-to-review = 後閲するものはありません。すでに後閲したか、あなたの不在中の代決ではありません。
requests-refused-worker-confirms = 作業者は報告の確認者になれません。ほかの人に任せてください。
requests-refused-no-such-answer = この段階では、その答え方はできません。最新の内容を開いてください。
requests-refused-approver-executes = 承認した人は、その作業を実施できません。ほかの担当者に任せてください。
requests-refused-overtaken = 先に判断した人がいるため、あなたの判断は受け付けていません。{ $at } { $what }。
requests-refused-content-changed = 表示している間に、ほかの人が先に進めました。最新の内容を確かめて、もう一度判断してください。
requests-other-words = 「その他」の内容
requests-other-words-hint = 「その他」を選んだときは、必ず入力します。
# 立場: 「ソフトウェア責任者（情報政策課）」
requests-capacity = { $title }（{ $section }）
requests-capacity-ask = どの役割で行うか
requests-refused-capacity = どの役割で行うかを選んでください
requests-refused-reason-missing = 理由を入力してください。申請者にそのまま届きます。
requests-refused-not-applicant = これは申請した人だけができます。直してほしいことは、やり取りに書いてください。
requests-refused-unknown-line = その行はありません。最新の内容を開いてください。
requests-refused-line-done = その行は、すでに処理が済んでいます。最新の内容を開いてください。
requests-refused-line-not-executed = その行はまだ実施されていません。実施されてから受領を記録してください。
requests-refused-some-executed = すでに実施した行があるため、差し戻しも取下げもできません。残りの行は「実施しない」にできます。
requests-refused-somebody-acted = 次の担当者がすでに処理したため、引き戻せません。直してほしいことは、やり取りに書いてください。
requests-refused-workers-report = 報告は、作業をした人が行います。
requests-refused-reminded-today = 今日はすでに催促しました。急ぐときは、やり取りに書くか、電話で確かめてください。
requests-refused-nobody-to-remind = 催促する相手がいません。{ $office }に知らせてください。
requests-refused-acts-on-receipt = 受け付けると同時に効力が生じるため、引き戻せません。間違いのときは取り下げてください。
requests-refused-nothing-decided = この申請に、引き戻せるあなたの判断はありません。
requests-refused-unknown-step = そこへは差し戻せません。差戻し先を選び直してください。
requests-refused-nobody-mends = 申請した人はログインできないため、差し戻せません。本人確認の結果を記録してください。
requests-refused-none-executed = まだどの行も実施していません。行を残さず、理由を添えて差し戻してください。
requests-refused-not-recipient = 受領を確かめられるのは、使う人だけです。ログインできない人の分は、受領書を記録してください。
requests-refused-slip-incomplete = 受領書の番号と署名の日付を入力してください。
requests-refused-slip-date = 署名の日付は、実施した日から今日までの日にしてください。
requests-refused-slip-signs-in = この人はログインできるため、受領書では記録できません。本人に、受領の確認を頼んでください。
requests-refused-own-step = 自分に関する申請は、自分では出せません。同じ立場のほかの人に申請してもらってください。
requests-refused-nobody-there = { $tier }の段階を担当できる人がいません。{ $office }に、担当者か代理の登録を頼んでください。
requests-refused-already-answered = この段階には、もう回答しています。回答を改めるときは、引き戻してから回答してください。
requests-refused-too-few = { $tier }の段階で回答に必要な人数がいません。{ $office }に、担当者か代理の登録を頼んでください。
requests-refused-applicant = この申請は、あなたの立場では出せません。上司に相談してください。
requests-refused-no-department = 所属が登録されていないため申請できません。名簿を管理する担当に知らせてください。
requests-refused-words-too-long = { $max }字以内で入力してください。
requests-refused-comment-empty = 書き込む内容を入力してください。

# メール: 題名とリンクだけ
requests-mail-body =
    { $subject }

    { $href }
requests-mail-waiting = 承認をお願いします：{ $number } { $title }
requests-mail-offered = 代決できます：{ $number } { $title }
requests-mail-to-review = 後閲をお願いします：{ $number } { $title }
requests-mail-review-late = 【後閲のお願い】期限を過ぎています：{ $number } { $title }
requests-mail-reviewed = 後閲されました：{ $number } { $title }
requests-mail-to-execute = 実施をお願いします：{ $number } { $title }
requests-mail-to-report = 作業の報告をお願いします：{ $number } { $title }
requests-mail-told = お知らせ：{ $number } { $title }
requests-mail-to-receive = 受領を確かめてください：{ $number } { $title }
requests-mail-returned = 差し戻されました：{ $number } { $title }
requests-mail-refused = 却下されました：{ $number } { $title }
requests-mail-completed = 完了しました：{ $number } { $title }
requests-mail-withdrawn = 取り下げられました：{ $number } { $title }
requests-mail-asked-again = 【催促】お待ちしています：{ $number } { $title }
requests-mail-due-tomorrow = 期限は次の営業日です：{ $number } { $title }
requests-mail-due-today = 期限は今日です：{ $number } { $title }
requests-mail-overdue = 【期限超過】処理をお願いします：{ $number } { $title }
requests-mail-escalated = 【期限超過】担当者の処理が済んでいません：{ $number } { $title }
requests-mail-pulled-back = 引き戻されました：{ $number } { $title }
requests-mail-taken-back = 差戻しが取り消されました：{ $number } { $title }
requests-mail-sent-back = 前の段階へ差し戻されました：{ $number } { $title }
requests-mail-asked = 質問があります：{ $number } { $title }
requests-mail-commented = 書き込みがありました：{ $number } { $title }
requests-refused-unfinished = { $words }
requests-mail-reminded = 【確認のお願い】{ $number } { $title }
requests-history-reminded = 確認がまだのため、本人に催促しました
requests-or-designee = { $tier }又は{ $named }
requests-files = { $who }が申請します
requests-title-names = { $title }（{ $names }）
requests-refused-files = この申請は、{ $who }が行います。必要なことを伝えて、申請を依頼してください。
requests-others-file = ほかの人が申請するもの
requests-tab-unreported = 報告のない作業
requests-unreported-days = 作業から{ $count }日、報告なし

# 代決・後閲
requests-by-rule-note = { $name }さんが決裁できないため、代決規程によって代わりに決裁できます（代決）。代決する理由を必ず入力してください。
requests-by-rule-acts = 代決：{ $name }さんに代わって決裁します
requests-tab-by-rule = 代決できるもの
requests-review = 後閲
requests-reviews = 後閲
requests-reviews-lead = 不在の間に、代決規程によって代わりに決裁されたものです。読んで、後閲を記録します。決裁は変わりません。
requests-reviews-none = ありません。
requests-reviews-own = 自分の後閲
requests-reviews-late = 期限を過ぎた後閲
requests-reviews-decided = 決裁
requests-reviews-for = 不在だった人
requests-reviews-due = 後閲の期限
requests-reviews-content = 決裁したときの申請の内容
requests-rule-version = 代決規程 第{ $version }版
requests-to-read = { $name }さんが{ $at }に、あなたに代わって決裁しました（{ $step }：{ $what }）。
requests-review-note = 読んだことを記録します。意見は決裁を変えません。
requests-review-remark = 意見
requests-review-go = 後閲する
requests-reviewed = { $number } を後閲しました

# まとめて承認
requests-together = まとめて承認
requests-together-do = まとめて承認…
requests-together-chosen = 件を選択中
requests-together-choose = { $number } { $subject }を選ぶ
requests-together-none = 申請が選ばれていません。左の欄で選んでから、まとめて承認してください。
requests-together-ask = { $count }件をまとめて承認しますか
requests-together-note = 特権に関わる申請、入力や資格の選択が必要な申請、代わりに判断する申請は、まとめて承認できません。1件ずつ内容を確かめてください。
requests-together-read = { $count }件とも内容を確認しました
requests-together-read-first = { $count }件とも内容を確認したら、チェックを入れてください
requests-together-go = { $count }件を承認する
requests-together-back = 承認待ちに戻る
requests-together-left = { $count }件は、1件ずつ確かめてください
requests-together-result = まとめて承認した結果
requests-together-done = { $what }件を承認しました
requests-together-approved = 承認した{ $count }件
requests-together-failed = { $count }件は承認しませんでした
requests-together-gone = 見つかりません。すでに処理されたか、あなたには見られなくなっています。
requests-refused-one-by-one = まとめて承認できません。1件ずつ内容を確かめてください

# 質問
requests-question = 質問
requests-question-go = 申請者に質問する
requests-question-to-you = { $name }さんから質問があります
requests-question-waits = { $name }さんの質問に、申請者の回答を待っています
requests-question-answer = 「やり取り」に書いて答える
requests-refused-question = 質問できるのは、終わっていない申請について、申請した人に対してだけです

# 回覧
requests-read-ask = あなたに知らせるために回ってきた申請です。読んだら、印を付けてください。
requests-read-go = 読みました
requests-read = { $number }を読んだことを記録しました
requests-read-count = { $all }名のうち{ $count }名が既読
requests-read-by = { $name }（{ $at }）
requests-refused-nothing-to-read = あなたに回覧されていないか、すでに読んだことが記録されています
