/**
 * Sortable tables: the headers of every table[data-sortable] become buttons. A first press sorts upwards, a second
 * downwards, a third brings the first order back. Numbers sort by their value, cells without one come last.
 */

const collator = new Intl.Collator('en', { numeric: true });

/** @param {HTMLTableElement} table */
function makeSortable(table) {
  const body = table.tBodies[0];
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  if (body === undefined || body.rows.length < 2) return;
  const original = [...body.rows];

  for (const [column, head] of heads.entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      for (const other of heads) other.removeAttribute('aria-sort');
      const next = now === null ? 'ascending' : now === 'ascending' ? 'descending' : null;
      if (next !== null) head.setAttribute('aria-sort', next);
      body.append(...(next === null ? original : sorted(original, column, next === 'ascending' ? 1 : -1)));
    });
  }
  const hint = document.createElement('span');
  hint.className = 'hidden-text';
  hint.textContent = ' (column headers are buttons that sort)';
  (table.caption?.querySelector('span') ?? table.caption)?.append(hint);
}

/**
 * @param {readonly HTMLTableRowElement[]} rows
 * @param {number} column
 * @param {1 | -1} direction
 */
function sorted(rows, column, direction) {
  const keyed = rows.map((row) => {
    const cell = row.cells[column];
    const text = cell?.textContent ?? '';
    const isNumber = cell?.classList.contains('number') === true && text !== '' && Number.isFinite(Number(text));
    const value = cell?.dataset['value'] ?? (isNumber ? text : undefined);
    return { row, text, value: value === undefined ? null : Number(value) };
  });
  const numeric = keyed.some(({ value }) => value !== null);
  keyed.sort((a, b) => {
    if (!numeric) return direction * collator.compare(a.text, b.text);
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return direction * (a.value - b.value);
  });
  return keyed.map(({ row }) => row);
}

/** @param {Document | Element} within */
function makeAllSortable(within) {
  for (const table of within.querySelectorAll('table[data-sortable]')) {
    if (table instanceof HTMLTableElement) makeSortable(table);
  }
}

document.addEventListener('filled', ({ target }) => void (target instanceof HTMLElement && makeAllSortable(target)));
makeAllSortable(document);
