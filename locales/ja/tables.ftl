# 一覧
table-total = { $count }件
table-total-more = { $count }件以上
table-views = 保存した見方
table-filter = 絞り込み
table-narrow = 絞り込む
table-clear = 条件を消す
table-pages = ページ
table-previous = 前へ
table-next = 次へ
