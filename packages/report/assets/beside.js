/**
 * What lies beside the page, in the folder `report`, and is read when it is asked for: a script, because a page from
 * disk may read nothing else. Each gives its parts, HTML by name, to `lomapBeside`.
 */

/** @typedef {Record<string, string>} Parts */

/** @type {Map<string, Parts>} */
const given = new Map();

/** @type {Map<string, Promise<Parts>>} */
const asked = new Map();

/** @param {string} file */
async function read(file) {
  const script = document.createElement('script');
  script.src = `report/${file}.js`;
  const loaded = new Promise((resolve) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', resolve);
  });
  document.head.append(script);
  await loaded;
  script.remove();
  const parts = given.get(file);
  if (parts === undefined) {
    asked.delete(file); // the next time may be better
    throw new Error(`report/${file}.js could not be read. The folder “report” has to lie beside this page.`);
  }
  return parts;
}

Object.assign(globalThis, {
  /** @param {string} file @param {Parts} parts */
  lomapBeside: (file, parts) => given.set(file, parts),
  /**
   * A part of a file as an element; throws if the file or the part is not there.
   * @param {string} file
   * @param {string} part
   */
  lomapPart: async (file, part) => {
    const reading = asked.get(file) ?? read(file);
    asked.set(file, reading);
    const html = (await reading)[part];
    if (html === undefined) throw new Error(`report/${file}.js is of another report. Make the report again.`);
    const template = document.createElement('template');
    template.innerHTML = html;
    return template.content;
  },
});

/** @param {HTMLDetailsElement} details */
async function fill(details) {
  const { beside: file, part } = details.dataset;
  if (file === undefined || part === undefined || !details.open || details.dataset['state'] === 'filled') return;
  const { lomapPart } = /** @type {{ lomapPart: (file: string, part: string) => Promise<DocumentFragment> }} */ (
    /** @type {unknown} */ (globalThis)
  );
  const waiting = details.querySelector('.waiting');
  try {
    const content = await lomapPart(file, part);
    if (details.dataset['state'] === 'filled') return;
    details.dataset['state'] = 'filled';
    waiting?.replaceWith(content);
    details.dispatchEvent(new Event('filled', { bubbles: true }));
  } catch (error) {
    waiting?.setAttribute('role', 'alert');
    if (waiting != null) waiting.textContent = error instanceof Error ? error.message : String(error);
  }
}

document.addEventListener('toggle', ({ target }) => void (target instanceof HTMLDetailsElement && fill(target)), true);
