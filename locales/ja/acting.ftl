# 代決規程
acting-title = 代決規程
acting-lead = 決裁者が不在のとき、任命がなくても代わりに決裁（代決）する人を、組織の規程のとおりに登録します。代決した内容は、不在だった人が後で読みます（後閲）。
acting-new = 代決規程を登録する
acting-new-lead = 承認の段だけが対象です。管理者権限にかかわる申請、本人確認が要る申請、規程が特定の人に求めている判断は、どの規程でも代決できません。
acting-enter = 代決規程を登録する
acting-none = 登録はありません。決裁者の不在のときは、代理を立てるか、戻るのを待ちます。
acting-tier = だれの決裁か
acting-tier-version = { $tier } 第{ $version }版
acting-who = だれが代決するか
acting-who-title = 次席（同じ部署で、この職名の人）
acting-who-above = 上席（上の部署の責任者）
acting-who-above-note = 上の部署に責任者がいないときは、代理の申出に返事をする人と同じです。
acting-who-function = 役割に就いている人
acting-who-nobody = だれも代決しない
acting-who-nobody-note = この日から、代決をやめるときに選びます。
acting-by-title = 次席（同じ部署の{ $title }）
acting-by-function = { $function }
acting-deputy-title = 次席の職名
acting-deputy-title-hint = いま発令されている職名から選びます。
acting-function = 役割
acting-when = いつから
acting-when-absent = 決裁者の全員の不在が登録されたら、すぐに
acting-when-waited = { $count }営業日を過ぎても決裁されないとき
acting-after-days = 待つ日数（営業日）
acting-after-days-hint = この日数を過ぎても決裁されないときに代決できます。1から30まで。不在の登録だけによるときは、空欄のままにします。
acting-review-days = 後閲の期限（営業日）
acting-review-days-hint = 代決した日か、不在の終わる日から数えます。1から30まで。
acting-review-within = { $count }営業日以内
acting-excluded = 代決させない申請
acting-excluded-hint = 決裁者だけが判断する申請を選びます。
acting-but = 次を除く：{ $kinds }
acting-from = 適用日
acting-from-hint = 適用日の前なら取り消せます。登録したものは変えられません。
acting-reason = 根拠
acting-reason-hint = 代決規程の条や、決めた会議の名前など。
acting-state-now = 適用中
acting-state-coming = 適用前
acting-state-past = 終了
acting-state-taken_back = 取消し
acting-entered = 代決規程を登録しました。
acting-take-back = 取り消す
acting-take-back-lead = 適用日の前なので、取り消せます。登録と取消しは、どちらも履歴に残ります。
acting-take-back-reason = 取り消す理由
acting-taken-back = 代決規程の登録を取り消しました。
acting-refused-terms = 登録できない内容です。最新の画面で、もう一度入力してください。
acting-refused-begun = 適用が始まっているか、すでに取り消されているため、取り消せません。新しい版を登録してください。
acting-refused-days = 1から30までの数で入力してください
acting-refused-when = 不在の登録か待つ日数の、少なくとも一方を決めてください
acting-task-offered = 不在の決裁者に代わって決裁できる申請がある（{ $count }件）
acting-task-late = 期限を過ぎた後閲がある（{ $count }件）
acting-task-open = 確かめる
acting-task-review = 後閲する：{ $what }（{ $name }さんの代決）
acting-task-review-action = 読む

# 不在
absence-title = 不在
absence-lead = 休暇や出張でいない日を登録します。代決規程があれば、その間の決裁は、規程が定める人が代わって行えます。
absence-new = 不在を登録する
absence-new-lead = 代理を立てるときは「代理」で登録します。不在だけを登録したときは、組織の代決規程に従います。
absence-enter = 不在を登録する
absence-person = 不在の人
absence-reason = 理由
absence-reason-hint = 「休暇」「出張」など。事務局が読みます。
absence-by = 登録した人
absence-none = 登録はありません。
absence-state-now = 不在
absence-state-coming = 開始前
absence-state-over = 期間終了
absence-state-ended = 途中で終了
absence-entered = 不在を登録しました。
absence-end = 不在を終える
absence-end-question = { $name }さんの不在を終えますか
absence-end-follows = いまから、不在を理由とする代決はできなくなります。記録は残ります。
absence-ended = 不在を終えました。
absence-refused-long = 不在は1年までです。最後の日を、最初の日から1年までの日にしてください
absence-refused-twice = その期間には、不在がすでに登録されています。日を変えてください
absence-refused-over = この不在は、すでに終わっています。
absence-mail-entered = { $name }さんの不在が登録されました
absence-mail-body =
    { $what }

    期間：{ $from }〜{ $last }

    心当たりがないときは、ポータルの「不在」で終えて、事務局に知らせてください。
