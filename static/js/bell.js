// The bell of a page that stands open: its number follows, and is said politely when it grows. Without it the bell is as new
// as the page. A page that nobody looks at listens to nothing.
const bell = document.querySelector('[data-bell]');
const said = document.querySelector('[data-bell-said]');
let stream = null;

function show({ unread, label }) {
  const count = bell.querySelector('[data-bell-count]');
  const before = Number(bell.dataset.unread);
  if (unread === before) return;
  bell.dataset.unread = unread;
  bell.setAttribute('aria-label', label);
  count.textContent = unread;
  count.hidden = unread === 0;
  if (unread > before) said.textContent = label;
}

function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource(bell.dataset.bell);
  stream.addEventListener('unread', (event) => show(JSON.parse(event.data)));
}

function rest() {
  stream?.close();
  stream = null;
}

if (bell && said) {
  document.addEventListener('visibilitychange', () => { if (document.hidden) rest(); else listen(); });
  window.addEventListener('pagehide', rest);
  window.addEventListener('pageshow', listen);
  listen();
}
