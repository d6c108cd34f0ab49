# アカウント管理台帳
accounts-nav = アカウント
accounts-nav-password = 初期パスワード
accounts-nav-mine = 自分のアカウント
accounts-title = アカウント管理台帳
accounts-lead = どのシステムに、だれの、どの権限のアカウントがあるか
accounts-search-hint = ID・氏名・職員番号・システム・部署
accounts-add = アカウントの登録を申請する
accounts-account = ID
accounts-system = システム
accounts-holder = 利用者
accounts-employee-no = 職員番号
accounts-department = 利用部門
accounts-rights = 権限
accounts-level = 権限の程度
accounts-kind = 種類
accounts-kind-personal = 個人
accounts-kind-admin = 管理者用
accounts-kind-service = サービス用
accounts-kind-shared = 共用
accounts-kind-anonymous = 匿名
accounts-until = 利用の終了日
accounts-state = 状態
accounts-state-active = 有効
accounts-state-stopped = 停止・無効
accounts-password-standing = パスワード
accounts-password-temporary = 仮パスワードのまま
accounts-password-set = パスワードの最終変更日
accounts-opened = 作成日
accounts-opened-by = 作成者
accounts-request = 申請番号
accounts-last-request = 直近の申請番号
accounts-necessity = 業務上の必要性
accounts-stopped = 停止日
accounts-stopped-by = 停止した人
accounts-reason = 停止の事由
accounts-reason-request = 申請
accounts-reason-inventory = 棚卸し
accounts-reason-unused = 未使用
accounts-reason-failures = 失敗回数超過
accounts-reason-retirement = 退職
accounts-reason-end-of-use = 利用終了届
accounts-reason-expired = 利用の終了日を過ぎた
accounts-chip-all = すべて
accounts-chip-ending = 30日以内に終了
accounts-chip-past = 終了日超過
accounts-task-past = 利用の終了日を過ぎたアカウント { $count }件
accounts-task-past-why = 停止か、利用の延長を申請してください
accounts-task-past-go = 一覧を開く
accounts-chip-beyond = 標準を超える権限
accounts-chip-privileged = 特権
accounts-chip-without-request = 申請番号なし
accounts-kana = 利用者のよみ
accounts-mine = 自分のアカウント
accounts-mine-lead = 自分が使っているシステムのIDと権限
accounts-mine-none = 自分のアカウントはまだありません。
accounts-ask = 申請
accounts-ask-change = 変更を申請する
accounts-ask-end = 利用の終了を届け出る
accounts-ask-stop = 停止を申請する
accounts-why-opened = アカウントの作成
accounts-why-corrected = 実施の記録の訂正
accounts-why-changed = 権限の変更
accounts-why-stopped = 申請による停止
accounts-why-stopped-inventory = 棚卸しによる停止
accounts-why-stopped-unused = 未使用による停止
accounts-why-stopped-failures = 失敗回数超過による停止
accounts-why-stopped-retirement = 退職による停止
accounts-why-stopped-end-of-use = 利用終了届による停止
accounts-why-end-undone = 利用終了届の取りやめによる再開
accounts-why-end-returned = 利用終了届の差戻しによる再開
accounts-why-stopped-expired = 利用の終了日を過ぎたための停止
accounts-why-right-erased = 権限の抹消
accounts-why-erased = 抹消済
accounts-ended = 利用終了日
accounts-users = 利用者（共有）
accounts-approved-by = 承認者
accounts-sharing-rule = 共有の根拠規定
accounts-password-state = パスワードの状態
accounts-password-kept = 変更済
accounts-password-due = パスワードの変更が必要
accounts-password-changed = パスワードの変更日
accounts-password-changed-hint = 日付だけを入力します。パスワードそのものは入力しません。
accounts-password-changed-title = パスワード変更日の記入
accounts-password-changed-lead = 利用者のうちパスワードを知る人が離れたときは、パスワードを変えてから、その日をここに入力します。
accounts-password-changed-do = 変更日を登録する
accounts-password-changed-done = パスワードの変更日を登録しました。
accounts-chip-shared = 共有・共用
accounts-ask-users = 利用者の変更を申請する
accounts-why-shared = 利用者の変更
accounts-why-user-left = 利用者の離任
accounts-why-password-changed = パスワードの変更
accounts-mail-password-due = 【要対応】共有しているID「{ $account }」のパスワードを変えてください
accounts-mail-password-due-body = 利用者のうちパスワードを知る人が離れました。パスワードを変え、変更した日の登録を担当者に頼んでください。{ $href }
accounts-refused-beyond-role = この役割に許される権限を超えています
accounts-refused-taken = { $words }
accounts-refused-portal-not-shared = このポータル自身のアカウントは共有できません。
accounts-refused-no-sharing-rule = このシステムには、アカウントの共有を認める別の規定が登録されていません。
accounts-refused-same-users = 変更の前と後が同じです。変更後の利用者を全員入力してください。
accounts-refused-unknown-user = 「{ $typed }」に当たる人が見つかりません。職員番号か氏名を、1行に1名ずつ入力してください。
accounts-refused-several-users = 「{ $typed }」に当たる人が複数います。職員番号で入力してください。
accounts-refused-one-system = 1件の申請で選べるシステムは1つです。
accounts-refused-no-approver = 承認の記録がないため、登録できません。
accounts-refused-right-gone = この権限は、すでにこのアカウントから外れています。
accounts-refused-end-under-way = このユーザIDの利用終了届は、{ $number }で受け付けています。
accounts-refused-last-of-function = このIDを使う人は、承認や作業を受け持つ役割を務めるただ一人の人です。後任が役割に就いてから届け出てください
accounts-refused-not-of-the-staff = ほかの人のIDについて届け出られるのは、その所属の職員だけです。自分のIDを選んでください
accounts-refused-last-administrator = このログインIDは、ポータルを管理する人が使える最後のログインIDです。止めると、だれも管理できなくなります。先に、別の人をその役割に任命してください。
accounts-why-released = 使用停止の解除
accounts-refused-already-has = この利用者は「{ $system }」のアカウントをすでに持っています。権限を変えるときは、アカウント変更申請を使ってください。
accounts-refused-beyond-request = 申請された範囲を超える権限は設定できません。
accounts-refused-beyond-standard = 標準を超える権限には、理由を入力してください。
accounts-refused-not-apart = 管理者権限は職務用アカウントと分けてください
accounts-refused-name-taken = このIDはすでに登録されています。別のIDを入力してください。
accounts-refused-several-owners = 所管の異なるシステムを1件の申請に入れることはできません。「{ $first }」は{ $first-owner }、「{ $second }」は{ $second-owner }の所管です。どちらかを別の申請にしてください。
accounts-refused-under-way = { $system }のアカウントは、この人について{ $number }で申請中です。
accounts-refused-number-of-another = このIDは、ほかの人の職員番号です。別のIDを入力してください。
accounts-refused-code-gone = このアカウントは止められているので、伝達を記録できません
accounts-refused-handed-over-early = 有効化コードを発行した時刻より後の、渡した時刻を入力してください
accounts-refused-name-of-another = このIDはほかの利用者が使っていたものです。別のIDを入力してください。
accounts-refused-name-shape = IDは半角の英数字と記号（. _ - @ など）で、空白のない64字以内で入力してください。
accounts-refused-stopped = このアカウントは停止しています。
accounts-refused-system-retired = このシステムは利用を終えています。
accounts-refused-nothing-changes = 変更の前と後が同じです。変更後の権限を選んでください。
accounts-refused-until-missing = 正職員でない利用者には、利用の終了日を入力してください。
accounts-refused-until-after-leaving = { $label }は、雇用の終わる日（{ $day }）までにしてください。
accounts-refused-one-person = 利用者を1名選んでください。
accounts-refused-left = この利用者はすでに退職しています。
accounts-refused-too-early = 停止日（{ $day }）より前には停止できません。
accounts-refused-stop-under-way = 「{ $account }」には、進行中の削除申請（{ $number }）があります。重ねて申請する必要はありません
accounts-refused-stop-past = { $label }は、今日（{ $day }）か、今日より後の日にしてください。すでに使われていないアカウントは今日の日付で申請し、いつからかを理由に書いてください
accounts-refused-opened-too-early = 利用の開始日（{ $day }）より前には設定できません。
accounts-refused-change-too-early = 変更する日（{ $day }）より前には変更できません。
accounts-refused-before-hire = { $label }は、利用者の採用日（{ $day }）以後の日にしてください。
accounts-refused-begun = { $label }は、{ $day }以後の日にしてください。31日より前から使っていたことにはできません。
accounts-refused-one-department = 利用部門の異なるアカウントは、1件の申請にまとめられません。部門ごとに申請してください。
accounts-refused-other-department = このアカウントの利用部門は「{ $department }」です。利用部門を「{ $department }」にして申請してください。選べないときは、その部門の人に申請を頼んでください。
accounts-refused-right-redefined = 申請の後に、このシステムの権限の区分が変わりました。差し戻して、改めて申請してもらってください。
accounts-right-standard = 標準の権限
accounts-right-beyond = 標準を超える権限
accounts-right-privileged = 特権
accounts-right-elsewhere = 特権：職務用アカウントには付けられません。専用のIDを別の申請で申請します
accounts-rights-asked = 申請された権限
accounts-rights-standard = 職務の標準権限
accounts-code = 有効化コード
accounts-password = 他システムの初期パスワード
accounts-password-lead = 推測しにくい初期パスワードを作ります。ほかのシステムのアカウントを作るときに使ってください。
accounts-password-do = 初期パスワードを作る
accounts-password-made = 初期パスワードを作りました
accounts-password-once = この画面にだけ表示します。保存していないため、閉じると二度と表示できません。
accounts-notice-management = { $system }のアカウントは、本人だけが使います。パスワードは人に教えず、書き残しません。仮のパスワードは、最初に使うときに変えます。ほかの人に知られたおそれがあるときは、すぐに届け出てください。
accounts-notice-access = { $system }は、職場の業務用端末から、交付されたIDとパスワードで開きます。
accounts-notice-scope = { $system }で認められた権限は「{ $rights }」です。{ $from }から使えます。これを超えるアクセスはできません。
accounts-notice-scope-until = { $system }で認められた権限は「{ $rights }」です。{ $from }から{ $until }まで使えます。これを超えるアクセスはできません。
accounts-notice-prohibited = 申請した業務（{ $reason }）のほかに使うこと、ほかの人に使わせること、権限を超えて操作することを禁じます。
accounts-reason-leave = 休職・出向など
accounts-after-leaving = 退職日から取消までの日数
accounts-why-stopped-leave = 休職・産休・育休・出向のため停止しました
accounts-why-resumed = 復職のため再び有効にしました
accounts-refused-need = 非常勤の方の登録には{ $label }の記入が必要です
accounts-treatment-keep = 継続（{ $rights }）
accounts-treatment-change = 変更 → { $rights }
accounts-treatment-remove = 削除（{ $rights }）
accounts-refused-untreated = すべての権限に扱いを指定してください
accounts-refused-stop-after-leaving = 退職した人のアカウントは、退職日までに（過ぎているときは今日）取り消してください
accounts-cancelled = 抹消の確定
accounts-mail-end-received = ログインID「{ $login }」を、利用終了届により止めました
accounts-mail-end-received-body =
    ログインID「{ $login }」の利用終了届（{ $number }）を受け付け、このIDでのログインを止めました。
    まだ使っているときは、届け出た所属か情報システムの担当に連絡してください。届出が取り下げられると、以前のとおり使えます。
accounts-mail-end-undone = ログインID「{ $login }」が再び使えるようになりました
accounts-mail-end-undone-body =
    ログインID「{ $login }」は利用終了届（{ $number }）により止めていましたが、届出が取りやめになったため、以前のとおり使えます。
    パスワードは変わっていません。
    ログイン：{ $link }
accounts-mail-end-returned-body =
    ログインID「{ $login }」は利用終了届（{ $number }）により止めていましたが、届出が差し戻されたため、以前のとおり使えます。
    届出がもう一度出されると、受付と同時に再び止まります。
    パスワードは変わっていません。
    ログイン：{ $link }
accounts-mail-unused = ログインID「{ $login }」の利用終了届が必要か、お知らせください
accounts-mail-unused-own =
    あなたのログインID「{ $login }」は、{ $day }からログインがありません。
    もう使わないときは、利用終了届を出してください。これからも使うときは、届出は要りません。一度ログインしてください。
    { $link }
accounts-mail-unused-head =
    ログインID「{ $login }」は、{ $day }からログインがありません。
    もう使わないときは、本人か所属の職員が利用終了届を出してください。これからも使うときは、届出は要りません。
    { $link }
accounts-mail-unused-stop = ログインID「{ $login }」は{ $stop }に停止します
accounts-mail-unused-stop-body =
    あなたのログインID「{ $login }」は、{ $day }からログインがありません。
    このままログインがないときは、未使用のログインIDとして{ $stop }に停止します。記録は消えません。
    これからも使うときは、その日までに一度ログインしてください。停止した後は、アカウントの登録申請で再び使えるようになります。
    { $link }
