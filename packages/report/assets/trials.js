/**
 * The trials: a link to one, in the list or in the page's address, opens it above the list, and a field leaves the rows
 * whose name holds some words.
 */

const PREFIX = '#trial-';
const trials = document.getElementById('trials');
const { lomapPart } = /** @type {{ lomapPart: (file: string, part: string) => Promise<DocumentFragment> }} */ (
  /** @type {unknown} */ (globalThis)
);

/** Opens the trial that the address names, once the list is there. */
async function openNamed() {
  if (!location.hash.startsWith(PREFIX)) return;
  const id = decodeURIComponent(location.hash.slice(1));
  if (trials instanceof HTMLDetailsElement) trials.open = true;
  const place = document.getElementById('opened');
  if (place === null) return; // the list is on its way
  await (document.getElementById(id) === null ? insert(id, place) : undefined);
  const trial = document.getElementById(id);
  if (!(trial instanceof HTMLDetailsElement)) return;
  trial.open = true;
  trial.scrollIntoView();
  trial.querySelector('summary')?.focus();
}

/**
 * @param {string} id
 * @param {HTMLElement} place
 */
async function insert(id, place) {
  const rows = [...document.querySelectorAll('#trials tr[data-row]')];
  const file = rows.find((row) => row.getAttribute('data-row') === id)?.getAttribute('data-file');
  if (file == null) return;
  try {
    const content = await lomapPart(file, id);
    if (document.getElementById(id) !== null) return;
    place.prepend(content);
    document.getElementById(id)?.dispatchEvent(new Event('filled', { bubbles: true }));
  } catch (error) {
    const told = document.createElement('p');
    told.setAttribute('role', 'alert');
    told.textContent = error instanceof Error ? error.message : String(error);
    place.prepend(told);
  }
}

/** @param {HTMLElement} place */
function addFilter(place) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('#trials tr[data-row]')]);
  if (rows.length < 2) return;
  const names = rows.map((row) => (row.querySelector('th')?.textContent ?? '').toLowerCase());

  const label = document.createElement('label');
  label.htmlFor = 'trial-words';
  label.textContent = 'Show trials with';
  const input = document.createElement('input');
  Object.assign(input, { id: 'trial-words', type: 'search', autocomplete: 'off', spellcheck: false });
  const told = document.createElement('span');
  told.className = 'quiet';
  told.setAttribute('role', 'status');

  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [i, row] of rows.entries()) {
      const fits = words.every((word) => names[i]?.includes(word));
      row.toggleAttribute('hidden', !fits);
      if (fits) shown++;
    }
    told.textContent = `${String(shown)} of ${String(rows.length)} trials`;
  };
  input.addEventListener('input', filter);
  place.className = 'filter';
  place.append(label, input, told);
  filter();
}

trials?.addEventListener('filled', ({ target }) => {
  if (target !== trials) return;
  const place = document.getElementById('trial-filter');
  if (place !== null) addFilter(place);
  void openNamed();
});
addEventListener('hashchange', () => void openNamed());
document.addEventListener('click', ({ target }) => {
  const link = target instanceof HTMLElement ? target.closest('a') : null;
  if (link?.hash.startsWith(PREFIX) && link.hash === location.hash) void openNamed();
});
void openNamed();
