/** The list of trials: a link to one opens it, and a field above keeps those whose name holds some words. */

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(named instanceof HTMLDetailsElement)) return;
  named.hidden = false;
  named.open = true;
  named.scrollIntoView();
  named.querySelector('summary')?.focus();
}

/** @param {HTMLElement} place */
function addFilter(place) {
  const trials = [...document.querySelectorAll('details.trial')];
  if (trials.length < 2) return;
  const rows = new Map(
    [...document.querySelectorAll('tr[data-row]')].map((row) => [row.getAttribute('data-row'), row]),
  );
  const names = trials.map((trial) => (trial.querySelector('.name')?.textContent ?? '').toLowerCase());

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
    for (const [i, trial] of trials.entries()) {
      const fits = words.every((word) => names[i]?.includes(word));
      trial.toggleAttribute('hidden', !fits);
      rows.get(trial.id)?.toggleAttribute('hidden', !fits);
      if (fits) shown++;
    }
    told.textContent = `${String(shown)} of ${String(trials.length)} trials`;
  };
  input.addEventListener('input', filter);
  place.className = 'filter';
  place.append(label, input, told);
  filter();
}

const place = document.getElementById('trial-filter');
if (place !== null) addFilter(place);
addEventListener('hashchange', openNamed);
openNamed();
