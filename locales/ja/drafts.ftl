# 下書き: 申請する人のために入力しておくもの、自分であとから続けるもの
drafts-title = 下書き
drafts-lead = 申請の前の入力です。作成した人と申請する人だけに表示されます。
drafts-one = 下書き（まだ申請されていません）
drafts-all = すべての下書き
drafts-received = 届いた下書き
drafts-none-received = 届いている下書きはありません。
drafts-own = 書きかけの申請
drafts-sent-list = 渡した下書き
drafts-col-form = 申請
drafts-prepare = 下書きを作って渡せる申請
drafts-prepare-note = 申請するのは所属の部門の管理者です。入力して渡すことができます。
drafts-who-files = この申請は{ $tier }が行います
drafts-nobody = いま所属に{ $tier }がいないため、下書きを渡せません。事務局に知らせてください。
drafts-how = 下に分かる範囲で入力し、下書きとして渡してください。受け取った人が内容を確かめ、自分の名前で申請します。
drafts-holder = { $name }さん（{ $place }）
drafts-deputy = { $name }さん（{ $place }の代理）
drafts-send-to = 申請する人へ渡す
drafts-send = 下書きを渡す
drafts-keep = 下書きを保存する
drafts-note = 申請する人への連絡
drafts-note-hint = 急ぐ理由など、伝えておきたいこと。500字まで。申請の内容には入りません。
drafts-preparer = 下書きを作成した人
drafts-recipient = 申請する人
drafts-by-portal = ポータル（自動作成）
drafts-why = 自動作成の理由
drafts-since = 作成日
drafts-last-day = 申請の期限
drafts-state = 状態
drafts-state-open = 申請待ち
drafts-state-filed = 申請済
drafts-state-returned = 差戻し
drafts-state-discarded = 破棄
drafts-state-taken-back = 取戻し
drafts-state-expired = 期限切れ
drafts-request = 申請
drafts-about = この下書きについて
drafts-content = 入力されている内容
drafts-content-note = 内容の確認は、申請するときに行います。
drafts-empty = まだ何も入力されていません。
drafts-open = 開いて申請する
drafts-again = 直してもう一度渡す
drafts-not-filed = 申請しない場合
drafts-reason = 理由
drafts-reason-hint = 下書きを作成した人に伝わります。
drafts-give-back = 差し戻す
drafts-discard = 破棄する
drafts-discard-ask = この下書きを破棄しますか
drafts-discard-follows = 入力した内容は使えなくなります。
drafts-take-back = 取り戻す
drafts-take-back-ask = この下書きを取り戻しますか
drafts-take-back-follows = 渡した人は、この下書きから申請できなくなります。

drafts-sent = 下書きを渡しました。申請されるとお知らせします。
drafts-kept = 下書きを保存しました。
drafts-returned = 下書きを差し戻しました。
drafts-discarded = 下書きを破棄しました。
drafts-taken-back = 下書きを取り戻しました。

drafts-refused-kind = この申請の下書きは渡せません。
drafts-refused-long = 500字以内で入力してください。
drafts-refused-receiver = 申請する人を選んでください。
drafts-refused-reason = 理由を入力してください。
drafts-refused-ended = この下書きは、すでに申請されたか終わっています。
drafts-refused-portal = ポータルが自動で作成した下書きは差し戻せません。申請しないときは、理由を入力して破棄してください。

drafts-mail-prepared = { $name }さんから「{ $form }」の下書きが届きました
drafts-mail-raised = 「{ $form }」の下書きを用意しました
drafts-mail-filed = 下書きが申請されました：{ $name }さん「{ $form }」
drafts-mail-returned = { $name }さんが「{ $form }」の下書きを差し戻しました
drafts-mail-discarded = { $name }さんが「{ $form }」の下書きを破棄しました
drafts-mail-taken-back = { $name }さんが「{ $form }」の下書きを取り戻しました
drafts-mail-expired = 「{ $form }」の下書きは期限が過ぎました
drafts-mail-body =
    { $subject }。
    申請の期限：{ $day }
    { $link }
