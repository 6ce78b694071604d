/** Folded parts: a link into one opens it, and paper shows all that is in the page. */

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = target?.closest('details'); at != null; at = at.parentElement?.closest('details')) at.open = true;
  target?.scrollIntoView();
}

/** @type {HTMLDetailsElement[]} */
let opened = [];

addEventListener('beforeprint', () => {
  const closed = /** @type {NodeListOf<HTMLDetailsElement>} */ (
    document.querySelectorAll('main details:not([open], [data-beside])')
  );
  opened = [...closed];
  for (const details of opened) details.open = true;
});
addEventListener('afterprint', () => {
  for (const details of opened) details.open = false;
});
addEventListener('hashchange', openTarget);
// A press on a link whose target is named already changes no hash.
document.addEventListener('click', ({ target }) => {
  const link = target instanceof HTMLElement ? target.closest('a') : null;
  if (link?.hash !== '' && link?.hash === location.hash) openTarget();
});
openTarget();
