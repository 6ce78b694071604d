import type { About, TrialResult } from '@lomap/results';
import { average, holm, signFlipTest, summarize, type Summary } from '@lomap/statistics';
import type { TaskColumn } from '../../comparison.ts';
import type { Kind } from './kinds.ts';
import { matchByNorm, type NormMatch } from './match-norm.ts';
import { matchByScore, type ScoreMatch } from './match-score.ts';
import { cloudsOf, measuredOf, type CloudsBySeed, type Measured, type MeasuredRow } from './measured.ts';

/** What a sweep says of forgetting: every kind, at matched score and at matched ‖ΔW‖. */
export interface ForgettingComparison extends Measured {
  readonly endpoints: readonly Endpoint[];
}

/** One kind of forgetting with one thing held equal. */
export type Endpoint = ScoreEndpoint | NormEndpoint;

export interface ScoreEndpoint extends EndpointBase {
  readonly matched: 'score';
  /** In the order of the tasks; each match's `reached` in the order of the comparison's rows. */
  readonly matches: readonly ScoreMatch[];
}

export interface NormEndpoint extends EndpointBase {
  readonly matched: 'norm';
  /** By row, in the order of `rows`, then in the order of the tasks. */
  readonly matches: readonly (readonly NormMatch[])[];
}

interface EndpointBase {
  readonly kind: Kind;
  /** The tasks with such measurements. */
  readonly tasks: readonly TaskColumn[];
  /** At matched score every row, at matched norm those that have a baseline. */
  readonly rows: readonly EndpointRow[];
}

export interface EndpointRow {
  readonly title: string;
  readonly baseline: string | null;
  /** In the order of the endpoint's tasks. */
  readonly cells: readonly MatchedCell[];
  /** The mean over the tasks, one value for each seed that has them all: the primary endpoint. */
  readonly average: MatchedCell;
  /** Sign-flip p of the average difference, and the same after Holm over the endpoint's rows. */
  readonly p: number | null;
  readonly pHolm: number | null;
  /** Whether the numbers of some seed rest on so few points that the matching is coarse. */
  readonly fewPoints: boolean;
}

/** Forgetting in the kind's unit, more being worse. */
export interface MatchedCell {
  readonly own: Summary | null;
  /** The baseline's, at the same score or norms. */
  readonly reference: Summary | null;
  /** Own minus the baseline's, for the seeds that both have: below 0 is less forgotten. */
  readonly difference: Summary | null;
  readonly differenceBySeed: ReadonlyMap<number, number>;
}

/** Fewer points in a cloud, or inside the norms compared, are marked. */
export const FEW_IN_CLOUD = 6;
export const FEW_INSIDE = 3;

/** Compares the main trials that measured forgetting; null if there are none. */
export function compareForgetting(
  sweep: string,
  results: readonly TrialResult[],
  about?: Pick<About, 'question' | 'diverged'>,
): ForgettingComparison | null {
  const measured = measuredOf(sweep, results, about);
  if (measured === null) return null;
  const endpoints = measured.kinds.flatMap((kind): Endpoint[] => {
    const clouds = measured.tasks.map(({ task }) => measured.rows.map((row) => cloudsOf(row, task, kind)));
    const has = clouds.map((rows) => rows.some(({ size }) => size > 0));
    const tasks = measured.tasks.filter((_, i) => has[i]);
    const shown = clouds.filter((_, i) => has[i]);
    return tasks.length === 0
      ? []
      : [scoreEndpoint(kind, tasks, measured, shown), normEndpoint(kind, tasks, measured, shown)];
  });
  return { ...measured, endpoints };
}

/** The mean differences if each seed's value is the least forgetting of a point that reaches the score, by row. */
export function attainedDifferences({ rows, matches }: ScoreEndpoint): Map<string, number> {
  const means = new Map<string, number>();
  const attained = (row: EndpointRow | undefined) =>
    matches
      .filter(({ target }) => target !== null)
      .map(({ reached }) => new Map([...(reached[rows.indexOf(row!)]?.costs ?? [])].map(([s, c]) => [s, c.attained])));
  for (const row of rows.filter(({ baseline }) => baseline !== null)) {
    const reference = attained(rows.find(({ title }) => title === row.baseline));
    const { difference } = cellOf(meanOverTasks(attained(row)), meanOverTasks(reference));
    if (difference !== null) means.set(row.title, difference.mean);
  }
  return means;
}

function scoreEndpoint(
  kind: Kind,
  tasks: readonly TaskColumn[],
  { rows }: Measured,
  clouds: readonly (readonly CloudsBySeed[])[],
): ScoreEndpoint {
  const matches = clouds.map(matchByScore);
  const valuesOf = (r: number) =>
    matches.map(({ reached }) => new Map([...reached[r]!.costs].map(([seed, { forgotten }]) => [seed, forgotten])));
  const drafts = rows.map(({ title, baseline }, r) => {
    const b = rows.findIndex((row) => row.title === baseline);
    const [own, reference] = [valuesOf(r), b < 0 ? tasks.map(() => null) : valuesOf(b)];
    const counted = matches.flatMap(({ target }, t) => (target === null ? [] : [t]));
    const fewPoints = matches.some(({ reached }, t) =>
      [...reached[r]!.costs].some(
        ([seed, { bracketed }]) => !bracketed || clouds[t]![r]!.get(seed)!.length < FEW_IN_CLOUD,
      ),
    );
    return { ...rowOf(title, baseline, own, reference, counted), fewPoints };
  });
  return { kind, matched: 'score', tasks, matches, rows: adjusted(drafts) };
}

function normEndpoint(
  kind: Kind,
  tasks: readonly TaskColumn[],
  { rows }: Measured,
  clouds: readonly (readonly CloudsBySeed[])[],
): NormEndpoint {
  const pairs = rows.flatMap((row: MeasuredRow, r) => {
    const b = rows.findIndex(({ title }) => title === row.baseline);
    return b < 0 ? [] : [{ row, matches: clouds.map((of) => matchByNorm(of[r]!, of[b]!)) }];
  });
  const drafts = pairs.map(({ row: { title, baseline }, matches }) => {
    const [own, reference] = [matches.map((match) => match.own), matches.map((match) => match.reference)];
    const fewPoints = matches.some((match) => match.own.size > 0 && match.fewestPoints < FEW_INSIDE);
    return { ...rowOf(title, baseline, own, reference, [...tasks.keys()]), fewPoints };
  });
  return { kind, matched: 'norm', tasks, matches: pairs.map(({ matches }) => matches), rows: adjusted(drafts) };
}

type BySeed = ReadonlyMap<number, number>;

/** A row's cells and their mean over the tasks of these indices. */
function rowOf(
  title: string,
  baseline: string | null,
  own: readonly BySeed[],
  reference: readonly (BySeed | null)[],
  counted: readonly number[],
): Omit<EndpointRow, 'p' | 'pHolm' | 'fewPoints'> {
  const cells = own.map((values, i) => cellOf(values, reference[i] ?? null));
  const over = (values: readonly (BySeed | null)[]) => meanOverTasks(counted.map((i) => values[i] ?? new Map()));
  const average = cellOf(over(own), baseline === null ? null : over(reference));
  return { title, baseline, cells, average };
}

function cellOf(own: BySeed, reference: BySeed | null): MatchedCell {
  const shared = [...own].filter(([seed]) => reference?.has(seed) === true);
  const differenceBySeed = new Map(shared.map(([seed, value]) => [seed, value - reference!.get(seed)!]));
  return {
    own: summarize([...own.values()]),
    reference: summarize([...(reference ?? new Map<number, number>()).values()]),
    difference: summarize([...differenceBySeed.values()]),
    differenceBySeed,
  };
}

function meanOverTasks(tasks: readonly BySeed[]): BySeed {
  const seeds = [...(tasks[0]?.keys() ?? [])].filter((seed) => tasks.every((values) => values.has(seed)));
  return new Map(seeds.map((seed) => [seed, average(tasks.map((values) => values.get(seed)!))]));
}

function adjusted(drafts: readonly Omit<EndpointRow, 'p' | 'pHolm'>[]): EndpointRow[] {
  const tested = drafts.map((row) => ({ ...row, p: signFlipOf(row.average) }));
  const family = tested.filter(({ p }) => p !== null);
  const pValues = holm(family.map(({ p }) => p!));
  return tested.map((row) => ({ ...row, pHolm: row.p === null ? null : pValues[family.indexOf(row)]! }));
}

function signFlipOf({ differenceBySeed }: MatchedCell): number | null {
  const differences = [...differenceBySeed.values()];
  return differences.length === 0 ? null : signFlipTest(differences);
}
