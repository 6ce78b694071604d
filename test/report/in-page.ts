/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Functions that run inside the page, by page.evaluate: each stands alone, because only its text gets there.
 */

/** What a reader without eyes or mouse would stumble over, one line each; empty if nothing was found. */
export function accessibilityProblems(): string[] {
  const problems: string[] = [];
  const check = (selector: string, fits: (element: Element) => boolean, what: string) => {
    for (const element of document.querySelectorAll(selector))
      if (!fits(element)) problems.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  };
  const named = (element: Element) =>
    (element.getAttribute('aria-label') ?? element.textContent).trim() !== '' ||
    document.getElementById(element.getAttribute('aria-labelledby') ?? '') !== null;

  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(({ tagName }) => Number(tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) problems.push('not one h1');
  if (levels.some((level, i) => level > (levels[i - 1] ?? 0) + 1)) problems.push(`heading levels ${levels.join()}`);
  for (const landmark of ['main', 'header', 'nav', 'footer'])
    if (document.querySelectorAll(landmark).length !== 1) problems.push(`not one ${landmark}`);

  check('table', (table) => (table.querySelector('caption')?.textContent ?? '') !== '', 'table without a caption');
  check('th', (head) => head.hasAttribute('scope'), 'header without a scope');
  check('img', (image) => (image.getAttribute('alt') ?? '') !== '', 'image without a text');
  check('button, a, summary, section, nav, [role=region], [role=group]', named, 'no name');
  check('.scroll', (region) => region.getAttribute('tabindex') === '0', 'region that the keyboard cannot scroll');
  check('input', (input) => document.querySelector(`label[for="${input.id}"]`) !== null, 'input without a label');
  check('[tabindex]', (element) => Number(element.getAttribute('tabindex')) <= 0, 'order of tabs changed');
  // A trial's details come when its link is followed; until then its row stands for it.
  const leads = (id: string) => (document.getElementById(id) ?? document.querySelector(`[data-row="${id}"]`)) !== null;
  check('a[href^="#"]', (link) => leads(link.getAttribute('href')!.slice(1)), 'link to nothing');
  const ids = [...document.querySelectorAll('body [id]')].map(({ id }) => id).filter((id) => id !== '');
  if (new Set(ids).size !== ids.length) problems.push('ids that are not unique');
  return problems;
}

/** Texts on the page whose colour has less contrast with what is behind than WCAG's AA asks (4.5, or 3 if large). */
export function contrastProblems(): string[] {
  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r, g, b] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  };
  const behind = (element: Element): string => {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const problems: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '');
    if (!own || !element.checkVisibility() || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [dark, light] = [luminance(colour), luminance(behind(element))].sort((a, b) => a - b);
    const ratio = ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) problems.push(`${ratio.toFixed(2)}: ${element.textContent.slice(0, 60)}`);
  }
  return problems;
}

/** How far the page is wider than its window, in pixels. */
export function sidewaysOverflow(): number {
  return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth;
}

/** The colour behind the page. */
export function backgroundOfBody(): string {
  return getComputedStyle(document.body).backgroundColor;
}

/** The rows of the first table with an Average, and those whose cell of it is not wholly inside the window. */
export function averagesInSight(): { rows: number; hidden: string[] } {
  for (const table of document.querySelectorAll('table')) {
    const column = [...(table.tHead?.rows[0]?.cells ?? [])].findIndex(({ textContent }) => textContent === 'Average');
    if (column < 0) continue;
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const hidden = rows.filter((row) => {
      const { left, right, width } = row.cells[column]!.getBoundingClientRect();
      return width === 0 || left < 0 || right > innerWidth;
    });
    return { rows: rows.length, hidden: hidden.map(({ textContent }) => textContent) };
  }
  return { rows: 0, hidden: [] };
}

/** Scrolls the first table to its end; the names of its rows that do not stand at the region's left any more. */
export function namesInSight(): { scrolled: number; names: number; hidden: string[] } {
  const region = document.querySelector('main article .scroll')!;
  region.scrollLeft = region.scrollWidth;
  const { left, right } = region.getBoundingClientRect();
  const names = [...region.querySelectorAll('tbody th')];
  const hidden = names.filter((name) => {
    const box = name.getBoundingClientRect();
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const covered = box.top > 0 && box.bottom < innerHeight && middle !== null && !name.contains(middle);
    return Math.abs(box.left - left) > 1 || box.right > (left + right) / 2 || covered;
  });
  return { scrolled: region.scrollLeft, names: names.length, hidden: hidden.map(({ textContent }) => textContent) };
}
