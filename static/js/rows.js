// Lists: j and k walk the rows, Enter opens the link of the row, x ticks its box, Shift chooses a range of boxes.
import { mayAct } from './app.js';

document.querySelectorAll('[data-rows]').forEach((list) => {
  const rows = [...list.querySelectorAll('[data-row]')];
  let at = rows.findIndex((row) => row.querySelector('[aria-current]'));

  document.addEventListener('keydown', (event) => {
    if (!mayAct(event) || rows.length === 0 || (event.key !== 'j' && event.key !== 'k')) return;
    event.preventDefault();
    at = Math.min(rows.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)));
    rows[at].querySelector('a')?.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: 'nearest' });
  });

  // what is decided is what is read: in another row these keys open it first
  document.addEventListener('keydown', (event) => {
    if (!mayAct(event) || !['a', 'b', 'r'].includes(event.key) || at < 0) return;
    const link = rows[at].querySelector('a');
    if (rows[at].querySelector('[aria-current]') || document.activeElement !== link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    link.click();
  }, { capture: true });

  const ticks = [...list.querySelectorAll('[data-row] input[type=checkbox]')];
  const [all, none] = ['[data-all]', '[data-none]'].map((which) => document.querySelector(which));
  const bar = document.querySelector('[data-bulk-count]');
  if (!bar) return;
  let last = -1;
  const count = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    bar.hidden = chosen === 0;
    bar.closest('.bulkbar').hidden = chosen === 0;
    bar.querySelector('b').textContent = String(chosen);
  };
  // links without scripts, which ask for the same page with every box ticked or none
  [[all, true], [none, false]].forEach(([link, checked]) => link?.addEventListener('click', (event) => {
    event.preventDefault();
    ticks.forEach((tick) => { tick.checked = checked; });
    count();
  }));
  ticks.forEach((tick, here) => tick.addEventListener('click', (event) => {
    if (event.shiftKey && last >= 0) ticks.slice(Math.min(here, last), Math.max(here, last) + 1).forEach((other) => { other.checked = tick.checked; });
    last = here;
    count();
  }));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'x' && mayAct(event) && at >= 0) rows[at].querySelector('input[type=checkbox]')?.click();
  });
  count();
});
