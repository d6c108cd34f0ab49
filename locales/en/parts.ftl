# Words of the parts
part-dots = { $done } of { $steps } steps done
part-stamp = Stamp: { $act }, { $place }, { $day }, { $name }
part-stamp-deputy = { $stamp } (by a stand-in)
part-change = Change
part-change-what = : { $label }
