// Who is meant is said as soon as the field is left. The form is sent for its page, as its buttons do it, with nothing filed;
// of the answer only this field, what belongs to the person named, and the route are taken over.
import { follow } from './when.js';

/** Puts what stands in a part of the answer into the same part here, and leaves the focus where it was. */
function take(here, there) {
  if (!here || !there) return;
  const focus = here.contains(document.activeElement) ? document.activeElement.id : '';
  here.className = there.className;
  here.replaceChildren(...there.childNodes);
  if (focus) document.getElementById(focus)?.focus();
}

/** What the server read in the field, in its words: the number as it is kept, whom it means, or what is to be mended. */
function answer(field, said) {
  const [input, read] = [field.querySelector('input'), said.querySelector('input')];
  input.value = read.value;
  field.className = said.className;
  ['aria-invalid', 'aria-describedby'].forEach((name) => {
    if (read.hasAttribute(name)) input.setAttribute(name, read.getAttribute(name)); else input.removeAttribute(name);
  });
  document.getElementById(`${input.id}-e`)?.remove();
  const fault = said.querySelector('.error');
  if (fault) field.append(document.adoptNode(fault));
  take(field.querySelector('.found'), said.querySelector('.found'));
}

/** The page that answers the form. The browser reads it as a document: text is never made into one here. */
const ask = (form, sent) => new Promise((done) => {
  const asked = new XMLHttpRequest();
  asked.open('POST', form.getAttribute('action'));
  asked.responseType = 'document';
  asked.addEventListener('loadend', () => done(asked.status === 200 ? asked.response : null));
  asked.send(sent);
});

async function look(field, form) {
  const name = field.dataset.look;
  const same = (page, attribute) => page.querySelector(`[data-${attribute}="${CSS.escape(name)}"]`);
  const typed = field.querySelector('input').value;
  // files are sent when the form is
  const sent = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'));
  sent.set('_step', `look.${name}`);
  const page = await ask(form, sent);
  const said = page && same(page, 'look');
  // whoever goes on typing, or is signed out meanwhile, keeps what stands there
  if (!said || field.querySelector('input').value !== typed) return;
  answer(field, said);
  document.querySelectorAll(`[data-of="${CSS.escape(name)}"]`).forEach((rows, at) => {
    take(rows, page.querySelectorAll(`[data-of="${CSS.escape(name)}"]`)[at]);
  });
  // what hangs on a fact about whoever is named, only the server knows
  form.querySelectorAll('[data-field]').forEach((here) => {
    const there = page.querySelector(`[data-field="${CSS.escape(here.dataset.field)}"]`);
    ['askedMet', 'dueMet'].forEach((met) => { if (there?.dataset[met]) here.dataset[met] = there.dataset[met]; });
  });
  follow(form);
  take(document.querySelector('#flow .flow'), page.querySelector('#flow .flow'));
}

document.querySelectorAll('form[data-form]').forEach((form) => {
  form.addEventListener('change', (event) => {
    const field = event.target.closest('[data-look]');
    if (field) look(field, form);
  });
});
