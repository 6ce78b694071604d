/** Which learning rate a search chooses: one rule for the sweep that takes it and the table that shows it. */

/** What the search trials of one learning rate came to. */
export interface RateOutcome {
  readonly learningRate: number;
  /**
   * The mean over the seeds of the primary metric on the selection split, a collapsed trial's counted as the metric's floor;
   * null where a seed has none, because it diverged.
   */
  readonly score: number | null;
  /** Of `seeds` trials, how many collapsed (`hardlyVary`) and how many diverged. */
  readonly seeds: number;
  readonly collapsed: number;
  readonly diverged: number;
}

export interface RateChoice<R extends RateOutcome = RateOutcome> {
  readonly best: R;
  /** Every rate that is as good as the best, ascending, the best first: a tie where there are several. */
  readonly tied: readonly R[];
  /** Whether no rate that has a score of its own is better than another: the search does not tell them apart. */
  readonly undecided: boolean;
  /** The end of the space that the best is at, so that the optimum may lie outside; null elsewhere, and where undecided. */
  readonly edge: 'smallest' | 'largest' | null;
  /** Why nothing speaks for the best: every rate collapsed or diverged, or has no score; null where something does. */
  readonly forced: 'collapsed' | 'diverged' | 'unscored' | null;
}

/** Means of equal scores differ by less in the last bits of their sums. */
const ROUNDING = 1e-9;

/**
 * The rate of the best mean score; of rates that tie the smallest. A rate at which every seed collapsed is taken only
 * where each of the others collapsed so too or diverged, whatever its score, and one at which a seed diverged only where
 * no other has a score.
 *
 * @param better which of two scores is the better one
 * @throws RangeError without a rate.
 */
export function chooseRate<R extends RateOutcome>(
  outcomes: readonly R[],
  better: 'larger' | 'smaller' = 'larger',
): RateChoice<R> {
  const rates = [...outcomes].sort((a, b) => a.learningRate - b.learningRate);
  const scored = rates.filter(({ score }) => score !== null);
  const learned = scored.filter(({ collapsed, seeds }) => collapsed < seeds);
  const eligible = [learned, scored, rates].find(({ length }) => length > 0) ?? [];
  const sign = better === 'larger' ? 1 : -1;
  const highest = Math.max(...eligible.map(({ score }) => sign * (score ?? 0)));
  const tied = eligible.filter(({ score }) => highest - sign * (score ?? 0) <= ROUNDING);
  const [best] = tied;
  if (best === undefined) throw new RangeError('A search chooses among one learning rate or more.');
  const undecided = tied.length > 1 && tied.length === eligible.length;
  const side = best === rates[0] ? 'smallest' : best === rates.at(-1) ? 'largest' : null;
  return {
    ...{ best, tied, undecided },
    edge: rates.length < 2 || undecided || eligible !== learned ? null : side,
    forced:
      eligible === learned
        ? null
        : scored.length > 0
          ? 'collapsed'
          : rates.some(({ diverged }) => diverged > 0)
            ? 'diverged'
            : 'unscored',
  };
}

/**
 * The mean over the seeds, a collapsed trial's score counted as `floor`, the metric's value of a model that says nothing; null without a seed, or where one has no
 * score.
 */
export function meanScore(
  trials: readonly { readonly score: number | null; readonly collapsed: boolean }[],
  floor = 0,
): number | null {
  let sum = 0;
  for (const { score, collapsed } of trials) {
    if (score === null || !Number.isFinite(score)) return null;
    sum += collapsed ? floor : score;
  }
  return trials.length === 0 ? null : sum / trials.length;
}
