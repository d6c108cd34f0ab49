// Questions that hang on another answer: shown while it is given, and marked as required while it asks for that. Without
// scripts they all stand there and say when they are to be filled in; the server judges by the same conditions.

/** What stands under this name, or under a part of it (`period.from`); nothing, while that question itself is not asked. */
function given(form, name, closed) {
  if (closed.has(name)) return [];
  const sent = [...new FormData(form)].filter(([key]) => key === name || key.startsWith(`${name}.`));
  return sent.map(([, value]) => value).filter((value) => typeof value === 'string' && value.trim() !== '');
}

function holds(form, field, which, closed) {
  const met = field.dataset[`${which}Met`];
  if (met) return met === 'yes' && !closed.has(field.dataset[`${which}When`]);
  const answers = given(form, field.dataset[`${which}When`], closed);
  const counts = field.dataset[`${which}Any`].split(' ').filter((any) => any !== '');
  return answers.some((answer) => counts.length === 0 || counts.includes(answer));
}

function need(field, required) {
  const mark = field.querySelector('[data-need]');
  if (!mark) return;
  mark.textContent = required ? mark.dataset.required : mark.dataset.optional;
  mark.className = required ? 'req' : 'opt';
}

/** Lets the page follow what is answered, in its order: what is not asked answers nothing either. */
export function follow(form) {
  const closed = new Set();
  form.querySelectorAll('[data-field]').forEach((field) => {
    if (field.dataset.askedWhen) field.hidden = !holds(form, field, 'asked', closed);
    if (field.hidden) closed.add(field.dataset.field);
    if (field.dataset.dueWhen) need(field, holds(form, field, 'due', closed));
  });
  form.querySelectorAll('.form-section').forEach((part) => {
    const fields = [...part.querySelectorAll('.field')];
    part.hidden = fields.length > 0 && fields.every((field) => field.closest('[hidden]') !== null && field.closest('[hidden]') !== part);
  });
}

document.querySelectorAll('form[data-form]').forEach((form) => {
  if (!form.querySelector('[data-field]')) return;
  ['change', 'input'].forEach((what) => form.addEventListener(what, () => follow(form)));
  follow(form);
});
