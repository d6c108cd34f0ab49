# 指名
designees-title = 指名
designees-lead = 規程が「又は指名された者」と定める仕事を、席の人が期間を決めて任せます。指名した人の職が終わると、指名も終わります。
designees-new = 指名する
designees-new-lead = 規程の条文が指名を認めている仕事だけを選べます。条文が本人だけに認めている許可や承認は、任せられません。
designees-name = 指名する
designees-post = 指名する席
designees-post-hint = 自分の席を選びます。
designees-person = 指名される人
designees-matters = 任せる仕事
designees-matters-hint = 選んだ仕事だけができるようになります。
designees-reason-hint = 指名した人と指名された人が読みます。
designees-by = 指名した人
designees-by-of = { $tier } { $name }
designees-period-of = { $from }〜{ $last }
designees-matter = { $kind }：{ $step }
designees-matter-release = ロックされたアカウントの解除
designees-matter-own = 組織が定めた手続
designees-matter-former = 以前の規程による仕事
designees-state-now = 指名中
designees-state-coming = 開始前
designees-state-over = 期間終了
designees-state-ended = 途中で終了
designees-state-lapsed = 指名した人の離任により終了
designees-none = 指名した人はいません
designees-none-why = 席の人だけでは手が回らない仕事を、期間を決めて任せるときに指名します。
designees-named = 指名しました。2人にメールで知らせました。
designees-end = 指名を終える
designees-end-question = { $name }さんの指名を終えますか
designees-end-follows = いまから、指名された人は任された仕事をできなくなります。記録は残り、2人にメールで知らせます。
designees-ended = 指名を終えました。2人にメールで知らせました。
designee-refused-self = 自分を指名することはできません。ほかの人を選んでください
designee-refused-outsider = 外部業者や委託先の要員は指名できません。組織の職員を選んでください
designee-refused-taken = この人は、その期間にすでに指名されています。先にその指名を終えるか、日を変えてください
designee-refused-post-ends = あなたの席の任期が先に終わります。最後の日を早めてください
designee-refused-others-matter = 選んだ席が担当しない仕事が含まれています。その席が担当する仕事だけを選んでください
designee-refused-anothers = この指名は、指名した人か、同じ席に就いている人が終えます。
designee-refused-over = この指名は、すでに終わっています。
designee-mail-named = 指名されました（{ $name }さん：{ $holder }さんの指名）
designee-mail-ended = 指名が終わりました（{ $name }さん：{ $holder }さんの指名）
designee-mail-body =
    { $what }

    指名した人：{ $holder }
    指名された人：{ $name }
    期間：{ $from }〜{ $last }

    任された仕事は、ポータルの「指名」と申請の画面に表示されます。
designees-matters-count = { $count }件の仕事
