// Forms: forgiving input and gentle checks. A field is checked when it is left, never while typing; what was wrong is
// cleared as soon as it is right. The server repeats every check and says the same words.

const nfkc = (text) => text.normalize('NFKC');
const tidy = {
  digits: (text) => nfkc(text).replace(/[\s\-‐‑–—―−ー]/g, ''),
  ascii: (text) => nfkc(text).trim(),
  hiragana: (text) => nfkc(text).replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60)).trim(),
};
const right = {
  filled: (field) => field.value.trim() !== '',
  digits: (field) => /^[0-9]+$/.test(field.value) && (!field.dataset.digits || field.value.length === Number(field.dataset.digits)),
};

function say(field, words) {
  const around = field.closest('.field');
  const id = `${field.id}-e`;
  const others = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((part) => part && part !== id);
  let note = document.getElementById(id);
  around.classList.toggle('is-error', Boolean(words));
  if (!words) {
    note?.remove();
    field.removeAttribute('aria-invalid');
    if (others.length) field.setAttribute('aria-describedby', others.join(' ')); else field.removeAttribute('aria-describedby');
    return;
  }
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', [...others, id].join(' '));
  if (!note) {
    note = document.createElement('p');
    note.id = id;
    note.className = 'error';
    around.append(note);
  }
  note.textContent = words;
}

const isRight = (field) => right[field.dataset.rule]?.(field) ?? true;

function leave(field) {
  const fold = tidy[field.dataset.tidy];
  if (fold && field.value) field.value = fold(field.value);
  const touched = field.value !== '' || field.hasAttribute('aria-invalid');
  if (field.dataset.rule && touched) say(field, isRight(field) ? '' : field.dataset.msg);
}

/** In a dialog the answer would cost the question: what is missing is said before it is sent. The first such field. */
function lacking(form) {
  const fields = [...form.querySelectorAll('[data-rule]')].filter((field) => !isRight(field));
  fields.forEach((field) => say(field, field.dataset.msg));
  return fields[0] ?? null;
}

function countLeft(field) {
  const note = document.getElementById(`${field.id}-c`);
  if (note) note.textContent = note.dataset.words.replace('%n', String(Math.max(0, Number(field.dataset.most) - [...field.value].length)));
}

function wareki(field) {
  const note = document.querySelector(`[data-wareki="${CSS.escape(field.id)}"]`);
  if (!note) return;
  const day = field.value ? new Date(`${field.value}T00:00`) : null;
  const english = document.documentElement.lang === 'en';
  note.textContent = !day || Number.isNaN(day.getTime()) ? '' : new Intl.DateTimeFormat(
    english ? 'en-GB' : 'ja-JP-u-ca-japanese',
    { era: english ? undefined : 'long', year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' },
  ).format(day);
}

document.querySelectorAll('form[data-form]').forEach((form) => {
  form.addEventListener('focusout', (event) => { if (event.target.dataset?.rule || event.target.dataset?.tidy) leave(event.target); });
  form.addEventListener('input', (event) => {
    const field = event.target;
    if (field.dataset.most) countLeft(field);
    if (field.type === 'date') wareki(field);
    if (field.hasAttribute('aria-invalid') && field.dataset.rule && isRight(field)) say(field, '');
  });
  // A second press while the first is on its way would only be answered with the first one's outcome.
  form.addEventListener('submit', (event) => {
    const wanting = form.closest('dialog') ? lacking(form) : null;
    if (wanting) { event.preventDefault(); wanting.focus(); return; }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  form.querySelectorAll('.pw').forEach(reveal);
});
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-form]').forEach((form) => { delete form.dataset.sent; }));

// Only where the page offers it (data-show, data-hide): a clause may forbid showing a password.
function reveal(row) {
  const { show, hide } = row.dataset;
  const field = row.querySelector('input');
  if (!show || !field) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn--sm';
  button.setAttribute('aria-pressed', 'false');
  button.textContent = show;
  button.addEventListener('click', () => {
    const hidden = field.type === 'password';
    field.type = hidden ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(hidden));
    button.textContent = hidden ? hide : show;
  });
  row.append(button);
}

// Whoever leaves with something typed and not sent is asked first: another language or a link would lose it.
let unsent = false;
const posts = (target) => target instanceof Element && target.closest('main form[method="post"]') !== null;
document.addEventListener('input', (event) => { if (posts(event.target)) unsent = true; });
document.addEventListener('submit', (event) => { if (posts(event.target) && !event.defaultPrevented) unsent = false; });
addEventListener('beforeunload', (event) => { if (unsent) event.preventDefault(); });
