# 一覧
table-total = { $count }件
