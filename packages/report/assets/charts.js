/**
 * Live charts in place of the pictures: those of the sweep at once, a trial's while its details are open. They follow
 * the page's theme and width. Expressions are interpreted, not compiled, because the page forbids itself eval.
 */

/** @typedef {{ finalize(): void }} Drawn */
/** @typedef {(element: HTMLElement, spec: unknown, options: object) => Promise<Drawn>} Embed */

/** Below this width of the page, panels stand one below the other. */
const narrow = matchMedia('(max-width: 62rem)');
const system = matchMedia('(prefers-color-scheme: dark)');
const embed = /** @type {{ vegaEmbed?: Embed }} */ (globalThis).vegaEmbed;

const dark = /** @type {Record<string, string>} */ (read(document.getElementById('dark-colours')) ?? {});
const trialChart = read(document.getElementById('trial-chart'));

/**
 * What is on the page now, by the element it stands in.
 * @type {Map<HTMLElement, Drawn>}
 */
const drawn = new Map();

/** @param {Element | null} script */
function read(script) {
  return /** @type {unknown} */ (script === null ? null : JSON.parse(script.textContent ?? 'null'));
}

/**
 * The specification with the page's fonts and, in the dark, its colours; data and the names in scales stay as they are.
 * @param {unknown} node
 * @returns {unknown}
 */
function dressed(node) {
  if (Array.isArray(node)) return node.map(dressed);
  if (typeof node === 'string') return isDark() ? (dark[node] ?? node) : node;
  if (node === null || typeof node !== 'object') return node;
  const kept = ['data', 'datasets', 'domain', 'description'];
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === 'font') return [key, getComputedStyle(document.body).fontFamily];
      return [key, kept.includes(key) ? value : dressed(value)];
    }),
  );
}

function isDark() {
  return (document.documentElement.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
}

/**
 * A trial's data in the form that its specification names.
 * @param {{ loss: number[][], epochs: object[] }} data
 */
function datasets({ loss, epochs }) {
  return { loss: loss.map(([step, mean, low, high]) => ({ step, mean, low, high })), epochs };
}

/** @param {Element} figure */
async function draw(figure) {
  const live = figure.querySelector('.live');
  const fixed = figure.querySelector('.static, .drawing');
  if (!(live instanceof HTMLElement) || embed === undefined) return;
  const own = read(figure.querySelector('script'));
  const isTrial = figure.classList.contains('curve');
  const specs = /** @type {{ wide: object, narrow: object }} */ (isTrial ? trialChart : own);
  const spec = /** @type {object} */ (dressed(narrow.matches ? specs.narrow : specs.wide));
  const data = isTrial ? { datasets: datasets(/** @type {{ loss: number[][], epochs: object[] }} */ (own)) } : {};
  forget(live);
  live.hidden = false;
  const options = {
    ...{ ast: true, actions: false, defaultStyle: false, renderer: 'svg' },
    tooltip: { disableDefaultStyle: true },
  };
  try {
    // The caption has the title, where it can wrap.
    drawn.set(live, await embed(live, { ...spec, ...data, title: '' }, options));
    figure.querySelector('figcaption')?.classList.remove('hidden-text');
    fixed?.toggleAttribute('hidden', true);
  } catch (error) {
    live.hidden = true; // the drawing stays
    fixed?.toggleAttribute('hidden', false);
    console.error(error);
  }
}

/** @param {HTMLElement} live */
function forget(live) {
  drawn.get(live)?.finalize();
  drawn.delete(live);
}

let queue = Promise.resolve();

/**
 * One after another, so that the page answers between two charts.
 * @param {Iterable<Element>} figures
 */
function drawAll(figures) {
  for (const figure of figures) queue = queue.then(() => draw(figure));
}

/** @param {Document | Element} within */
function figuresIn(within) {
  const figures = [...within.querySelectorAll('figure.chart, figure.curve')];
  return figures.filter((figure) => figure.closest('details:not([open])') === null);
}

function redraw() {
  drawAll(figuresIn(document));
}

// A trial's chart is drawn while its details are open.
document.addEventListener(
  'toggle',
  ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.classList.contains('trial')) return;
    const live = target.querySelector('.live');
    if (target.open) drawAll(figuresIn(target));
    else if (live instanceof HTMLElement) forget(live);
  },
  true,
);
document.addEventListener('themechange', redraw);
narrow.addEventListener('change', redraw);
redraw();
