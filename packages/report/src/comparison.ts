import { NOTHING_ABOUT, type About, type ProtocolDifference, type TrialResult } from '@lomap/results';
import { average, bcaInterval, equivalenceTest, holm, signFlipTest, summarize, type Summary } from '@lomap/statistics';
import { baselineOf } from './baseline.ts';
import { groupBy } from './group.ts';
import { compareMethods, compareTasks, compareText, methodTitle } from './names.ts';
import { protocolsOf, unequalTasks } from './protocols.ts';
import { variantsOf } from './variants.ts';
import { alike, inPoints, printed } from './readings.ts';

/**
 * The numbers behind every table and chart of a sweep's main trials. Scores and differences are as they are printed:
 * the task's primary metric on dev, times its scale (100 for a share or a correlation, in points).
 */
export interface Comparison {
  readonly sweep: string;
  readonly tasks: readonly TaskColumn[];
  readonly rows: readonly Row[];
  /** The rows, and the baselines of theirs that are not among them. */
  readonly rowsAndBaselines: readonly Pick<Row, 'title' | 'results'>[];
  /** The trials that were compared, in a fixed order. */
  readonly results: readonly TrialResult[];
  /** Whether trials of a search stand beside them, so that learning rates were chosen. */
  readonly searched: boolean;
  /** The settings, by key, whose difference between rows is what the sweep asks about. */
  readonly question: readonly string[];
  /** What else than the methods differs between the rows and their baselines, the question's settings too. */
  readonly protocols: readonly ProtocolDifference[];
  /** Trials that diverged, and so have no result. */
  readonly diverged: About['diverged'];
  readonly warnings: readonly string[];
}

export interface TaskColumn {
  readonly task: string;
  /** The primary metric's name; several, joined, if the trials disagree. */
  readonly metric: string;
}

export interface Row {
  /** Unique in the comparison. */
  readonly title: string;
  readonly label: string;
  readonly method: string;
  readonly variant: string;
  readonly rank: number | null;
  readonly results: readonly TrialResult[];
  /** In the order of the comparison's tasks. */
  readonly cells: readonly Cell[];
  /** The mean over the tasks, one value for each seed that has them all; empty where their metrics are not `alike`. */
  readonly average: Cell;
  /** The title of the row that the differences are to; null if there is none, or for that row itself. */
  readonly baseline: string | null;
  /**
   * The tasks on which the row and its baseline were trained under unequal protocols, each with the settings that
   * differ and that are not the sweep's question. There, and in the average, nothing is compared.
   */
  readonly unequal: ReadonlyMap<string, readonly string[]>;
  /** Sign-flip p-value of the average difference, and the same after Holm over the rows. */
  readonly p: number | null;
  readonly pHolm: number | null;
  /** The 95 % BCa bootstrap interval of the average difference; null for fewer than two seeds. */
  readonly bca: readonly [low: number, high: number] | null;
  /**
   * The p of two one-sided t tests that the average difference lies within the protocol's margin, and the same after
   * Holm over the rows; null for fewer than two seeds and for metrics that are not in points.
   */
  readonly pEquivalent: number | null;
  readonly pEquivalentHolm: number | null;
}

export interface Cell {
  readonly bySeed: ReadonlyMap<number, number>;
  readonly score: Summary | null;
  /** Row minus baseline, for the seeds that both have; empty without a baseline. */
  readonly differenceBySeed: ReadonlyMap<number, number>;
  readonly difference: Summary | null;
}

/**
 * Compares the main trials among the results; null if there are none. The order of the results does not matter.
 *
 * @param about the sweep's question, whose settings rows may differ in and be compared all the same; who diverged
 */
export function compare(
  sweep: string,
  all: readonly TrialResult[],
  { question, diverged }: Pick<About, 'question' | 'diverged'> = NOTHING_ABOUT,
): Comparison | null {
  const results = all
    .filter(({ trial }) => trial.purpose === 'main' && trial.primary.value !== null)
    .sort(compareResults);
  const unscored = all.filter(({ trial }) => trial.purpose === 'main' && trial.primary.value === null).length;
  const warnings =
    unscored > 0
      ? [`${sweep}: without a dev score, and so left out: ${unscored} main ${unscored === 1 ? 'trial' : 'trials'}.`]
      : [];
  if (results.length === 0) return null;

  const names = [...new Set(results.map(({ trial }) => trial.settings.task))].sort(compareTasks);
  const tasks = names.map((task) => ({ task, metric: metricOf(results, task) }));
  const drafts = rowsOf(results, tasks);
  for (const { title } of drafts.filter(({ variant }) => variant !== '')) {
    warnings.push(
      `${sweep}: trials of one label, task and seed differ in their settings; "${title}" is a row of its own.`,
    );
  }
  const searched = all.some(({ trial }) => trial.purpose === 'search');
  const rows = withDifferences(drafts, drafts, { tasks, question });
  return {
    ...{ sweep, tasks, rows, rowsAndBaselines: rows, results, searched, question, warnings },
    protocols: protocolsOf(rows),
    diverged: diverged.filter(({ purpose }) => purpose === 'main'),
  };
}

/**
 * The same comparison with some of its rows only, against a baseline that need not be among them: LoRA as `baselineOf`
 * has it, or another row of the comparison, by title, where `baseline` says which.
 */
export function restrict(
  comparison: Comparison,
  keep: (row: Row) => boolean,
  baseline?: (row: Row) => string | null,
): Comparison {
  const named = baseline && new Map(comparison.rows.map((row) => [row.title, baseline(row)]));
  const rows = withDifferences(comparison.rows.filter(keep), comparison.rows, comparison, (row, rows) =>
    named === undefined ? baselineOf(row, rows) : (rows.find(({ title }) => title === named.get(row.title)) ?? null),
  );
  const shown = comparison.rows.filter(({ title }) =>
    rows.some((row) => row.title === title || row.baseline === title),
  );
  const labels = new Set(shown.map(({ label }) => label));
  return {
    ...comparison,
    ...{ rows, rowsAndBaselines: shown, results: rows.flatMap((row) => row.results), warnings: [] },
    protocols: protocolsOf(shown),
    diverged: comparison.diverged.filter(({ settings }) => labels.has(settings.method.label)),
  };
}

type Draft = Omit<Row, 'baseline' | 'unequal' | 'p' | 'pHolm' | 'bca' | 'pEquivalent' | 'pEquivalentHolm'>;

function rowsOf(results: readonly TrialResult[], tasks: readonly TaskColumn[]): Draft[] {
  const averaged = alike(tasks.map(({ metric }) => metric));
  const variants = variantsOf(results);
  const groups = groupBy(results, (result) =>
    JSON.stringify([result.trial.settings.method.label, variants.get(result)]),
  );
  const rows = [...groups.values()].map((group) => {
    const first = group[0]!;
    const { label, name, rank } = first.trial.settings.method;
    const variant = variants.get(first)!;
    const bySeed = tasks.map(({ task }) => scoresBySeed(group, task));
    return {
      title: methodTitle(label) + (variant === '' ? '' : ` (${variant})`),
      label,
      method: name,
      variant,
      rank,
      results: group,
      cells: bySeed.map((scores) => cell(scores, null)),
      average: cell(averaged ? meanOverTasks(bySeed) : new Map(), null),
    };
  });
  return rows.sort(
    (a, b) => compareMethods(a.method, b.method) || compareText(a.label, b.label) || compareText(a.variant, b.variant),
  );
}

function withDifferences(
  rows: readonly Draft[],
  references: readonly Draft[],
  { tasks, question }: Pick<Comparison, 'tasks' | 'question'>,
  choose: (row: Draft, references: readonly Draft[]) => Draft | null = baselineOf,
): Row[] {
  // The margin of equality is one in points.
  const tested = inPoints(tasks.map(({ metric }) => metric));
  const compared = rows.map((row) => {
    const baseline = choose(row, references);
    const unequal = baseline === null ? new Map<string, string[]>() : unequalTasks(row, baseline, question);
    const against = (own: Cell, other: Cell | undefined) => cell(own.bySeed, other?.bySeed ?? null);
    const average = against(row.average, unequal.size > 0 ? undefined : baseline?.average);
    const cells = row.cells.map((own, i) => against(own, unequal.has(tasks[i]!.task) ? undefined : baseline?.cells[i]));
    const differences = [...average.differenceBySeed.values()];
    return {
      ...{ ...row, baseline: baseline?.title ?? null, unequal, cells, average },
      ...{
        p: signFlipOf(differences),
        bca: bcaInterval(differences),
        pEquivalent: tested ? equivalenceTest(differences) : null,
      },
    };
  });
  const adjusted = holmOfSome(compared.map(({ p }) => p));
  const adjustedEquivalent = holmOfSome(compared.map(({ pEquivalent }) => pEquivalent));
  return compared.map((row, i) => ({
    ...row,
    pHolm: adjusted[i]!,
    pEquivalentHolm: adjustedEquivalent[i]!,
  }));
}

/** Holm's adjustment over the p-values that there are. */
function holmOfSome(pValues: readonly (number | null)[]): (number | null)[] {
  const adjusted = holm(pValues.filter((p) => p !== null));
  let next = 0;
  return pValues.map((p) => (p === null ? null : adjusted[next++]!));
}

/** A cell and, if there is a baseline, its differences from it. */
function cell(bySeed: ReadonlyMap<number, number>, baseline: ReadonlyMap<number, number> | null): Cell {
  const shared = [...bySeed].filter(([seed]) => baseline?.has(seed) === true);
  const differenceBySeed = new Map(shared.map(([seed, score]) => [seed, score - baseline!.get(seed)!]));
  return {
    bySeed,
    score: summarize([...bySeed.values()]),
    differenceBySeed,
    difference: summarize([...differenceBySeed.values()]),
  };
}

function signFlipOf(differences: readonly number[]): number | null {
  return differences.length === 0 ? null : signFlipTest(differences);
}

function scoresBySeed(results: readonly TrialResult[], task: string): Map<number, number> {
  const own = results.filter(({ trial }) => trial.settings.task === task);
  return new Map(own.map(({ trial }) => [trial.settings.seed, printed(trial.primary.metric, trial.primary.value!)]));
}

function meanOverTasks(tasks: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const seeds = [...(tasks[0]?.keys() ?? [])].filter((seed) => tasks.every((scores) => scores.has(seed)));
  return new Map(seeds.map((seed) => [seed, average(tasks.map((scores) => scores.get(seed)!))]));
}

function metricOf(results: readonly TrialResult[], task: string): string {
  const own = results.filter(({ trial }) => trial.settings.task === task);
  return [...new Set(own.map(({ trial }) => trial.primary.metric))].sort().join(' or ');
}

/** Methods in their order, then labels, tasks, seeds; the id settles the rest. */
export function compareResults(a: TrialResult, b: TrialResult): number {
  const [x, y] = [a.trial.settings, b.trial.settings];
  return (
    compareMethods(x.method.name, y.method.name) ||
    compareText(x.method.label, y.method.label) ||
    compareTasks(x.task, y.task) ||
    x.seed - y.seed ||
    compareText(a.trial.id, b.trial.id)
  );
}
