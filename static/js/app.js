// What every page shares. Each page works without it; it only adds speed.
//   data-dialog="id"  opens <dialog id> as a modal     data-close      closes the dialog around it
//   data-hotkey="a"   that key clicks or focuses it    data-goto="h"   `g` then `h` follows the link
//   data-from="id"    in a dialog: begins with what was typed there
//   data-print        prints                           data-needs-script  shown only where scripts run

const kept = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); } catch { /* private window */ } },
};

export const typing = (target) => target instanceof Element
  && target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]') !== null;
export const keysOn = () => kept.get('keys') !== 'off';
export const dialogOpen = () => document.querySelector('dialog[open], dialog:popover-open') !== null;
/** Whether a single-letter key may act now: never while typing, composing, with a modifier or over a dialog. */
export const mayAct = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing
  || typing(event.target) || dialogOpen() || !keysOn());

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  dialog.removeAttribute('popover');
  dialog.querySelectorAll('[data-from]').forEach((field) => {
    if (field.value === '') field.value = document.getElementById(field.dataset.from)?.value ?? '';
  });
  dialog.showModal();
}

function onBackdrop(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  document.querySelectorAll('details.menu[open]').forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
  const opener = target.closest('[data-dialog]');
  if (opener) { event.preventDefault(); openDialog(opener.dataset.dialog); return; }
  // what is to be mended stands in a dialog that is closed
  const toMend = target.closest('.error-summary a[href^="#"]')?.hash.slice(1);
  const field = toMend ? document.getElementById(toMend) : null;
  const asked = field?.closest('dialog');
  if (asked && !asked.open) { event.preventDefault(); openDialog(asked.id); field.focus(); return; }
  const closer = target.closest('[data-close]');
  const around = closer?.closest('dialog');
  if (around?.open) { event.preventDefault(); around.close(); return; }
  if (target.closest('[data-print]')) { window.print(); return; }
  if (target instanceof HTMLDialogElement && target.open && onBackdrop(target, event)) target.close();
});

let afterG = false;
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; menu.querySelector('summary').focus(); });
  if (!mayAct(event)) return;
  if (event.key === '?') { openDialog('keys'); return; }
  if (afterG) {
    afterG = false;
    const link = document.querySelector(`a[data-goto="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (event.key === 'g') { afterG = true; setTimeout(() => { afterG = false; }, 1200); return; }
  const element = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (!element) return;
  event.preventDefault();
  if (element.matches('input, textarea')) { element.focus(); element.select(); } else element.click();
});

export function toast(text) {
  const shelf = document.querySelector('.toasts');
  if (!shelf) return;
  const note = document.createElement('div');
  note.className = 'toast';
  note.textContent = text;
  shelf.append(note);
  let timer = setTimeout(() => note.remove(), 10000);
  note.addEventListener('mouseenter', () => clearTimeout(timer));
  note.addEventListener('mouseleave', () => { timer = setTimeout(() => note.remove(), 4000); });
}

// The list of keys names only what this page can do.
document.querySelectorAll('[data-only]').forEach((line) => { line.hidden = document.querySelector(line.dataset.only) === null; });
document.querySelectorAll('[data-needs-script]').forEach((element) => { element.hidden = false; });
document.querySelectorAll('[data-hotkeys-off]').forEach((box) => {
  box.checked = !keysOn();
  box.addEventListener('change', () => kept.set('keys', box.checked ? 'off' : null));
});
document.querySelector('[data-autofocus]')?.focus();

// 無操作: the style sheet covers the page by itself. Whoever types goes on, and so does the session; a computer that slept
// covers the page when it wakes.
const idle = Number(document.body.dataset.idle ?? 0) * 60000;
if (idle > 0) {
  const page = document.body;
  let [seen, asked] = [Date.now(), Date.now()];
  const over = () => Date.now() - seen >= idle;
  const began = () => { seen = Date.now(); page.classList.remove('idle'); void page.offsetWidth; page.classList.add('idle'); };
  const covered = () => document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
  document.addEventListener('input', () => {
    if (over() || Date.now() - asked < 60000) return;
    asked = Date.now();
    fetch('/me/here', { redirect: 'manual' }).then((answer) => { if (answer.status === 204) began(); }, () => {});
  });
  const woke = () => { if (over()) { page.classList.add('is-covered'); covered(); } };
  document.addEventListener('visibilitychange', woke);
  window.addEventListener('pageshow', woke);
  document.querySelector('.cover')?.addEventListener('animationend', covered);
}
