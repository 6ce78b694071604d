/** What decides whether a row is another row's baseline. */
export interface BaselineCandidate {
  readonly label: string;
  readonly method: string;
  readonly variant: string;
  readonly rank: number | null;
}

/**
 * The row that a row's differences are to: LoRA. Where there are several LoRA rows, the one of the same variant and
 * rank, or else the one labelled `lora`. Where there is none, training from scratch; without that (an ablation), the
 * method's reference cell: the one labelled `paper` or with the method's own name. Null if none is left or the choice
 * is open, and for the baseline.
 */
export function baselineOf<R extends BaselineCandidate>(row: R, rows: readonly R[]): R | null {
  const isReference = ({ label, method }: R) => method === row.method && (label === method || /\bpaper\b/.test(label));
  const loras = rows.filter(({ method }) => method === 'lora');
  const narrower: ((candidate: R) => boolean)[] = [
    ({ variant }) => variant === row.variant,
    ({ rank }) => rank === row.rank,
    ({ label }) => label === 'lora',
  ];
  const scratch = rows.filter(({ method }) => method === 'scratch');
  let candidates = [loras, scratch].find((found) => found.length > 0) ?? rows.filter(isReference);
  for (const fits of narrower) {
    if (candidates.length > 1 && candidates.some(fits)) candidates = candidates.filter(fits);
  }
  const baseline = candidates.length === 1 ? candidates[0]! : null;
  return baseline !== null && isSame(baseline, row) ? null : baseline;
}

/** The baselines of rows in words: the one title, or what several have in common. Empty if no row has one. */
export function baselinesText(
  rows: readonly { readonly baseline: string | null }[],
  all: readonly BaselineTitle[],
): string {
  const titles = new Set(rows.flatMap(({ baseline }) => baseline ?? []));
  if (titles.size < 2) return [...titles].join('');
  const baselines = all.filter(({ title }) => titles.has(title));
  const ranks = new Set(baselines.map(({ rank }) => rank));
  const ranked = baselines.every(({ method }) => method === 'lora') && ranks.size === titles.size;
  return ranked ? 'LoRA of the same rank' : 'the own baseline';
}

interface BaselineTitle {
  readonly title: string;
  readonly method: string;
  readonly rank: number | null;
}

function isSame(a: BaselineCandidate, b: BaselineCandidate): boolean {
  return a.label === b.label && a.variant === b.variant;
}
