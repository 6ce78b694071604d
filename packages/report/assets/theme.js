/**
 * The button that turns the page dark or light. It starts as the system asks, and what is chosen lasts as long as the
 * page. Other scripts are told by the event `themechange` on the document.
 */

const button = document.getElementById('theme');
const system = matchMedia('(prefers-color-scheme: dark)');
const root = document.documentElement;

function isDark() {
  return (root.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
}

function tell() {
  button?.setAttribute('aria-pressed', String(isDark()));
  document.dispatchEvent(new Event('themechange'));
}

if (button !== null) {
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    tell();
  });
}
system.addEventListener('change', tell);
tell();
