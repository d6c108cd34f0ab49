# 部品のことば
part-dots = { $steps }段階のうち{ $done }段階が済み
part-stamp = { $act }印 { $place } { $day } { $name }
part-stamp-deputy = { $stamp }（代理）
part-change = 変更する
part-change-what = ：{ $label }
