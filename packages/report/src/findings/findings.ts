import { EQUIVALENCE_MARGIN, smallestSignFlipP } from '@lomap/statistics';
import { baselinesText } from '../baseline.ts';
import type { Comparison, Row } from '../comparison.ts';
import { distinct, groupBy } from '../group.ts';
import { metricTitle, taskTitle } from '../names.ts';
import { commonRateText } from '../notes/common-rate.ts';
import { devRowsText } from '../notes/dev-rows.ts';
import { failureLines } from '../notes/failures.ts';
import { isSynthetic, syntheticText } from '../notes/synthetic.ts';
import { protocolLines } from '../protocols.ts';
import { formatP, NOTHING } from '../tables/numbers.ts';
import { left, right, type Section } from '../tables/table.ts';
import { fewestSeeds, LEVEL, smallestHolmP, verdictOf, type Verdict } from './verdict.ts';
import { findingOf, listed, remarksOn, type Finding, type Told } from './words.ts';
import { alike, directionNotes, unitsOf } from '../readings.ts';

/** What the differences of a comparison say, in words. */
export interface Findings {
  /** Which rows differ from their baseline by more than seed noise, and which do not. */
  readonly headline: string;
  /** What so many seeds cannot show, and what the data cannot say. */
  readonly cautions: readonly string[];
  /** One for each row that has a baseline, on the primary endpoint. */
  readonly rows: readonly Finding[];
  /** What holds of several rows, once each: what their verdicts mean, and what disagrees with them. */
  readonly remarks: readonly string[];
  /** The tasks apart, which are secondary; empty for a single task. */
  readonly byTask: readonly string[];
}

/**
 * The findings of a comparison: for each row against its baseline the primary endpoint (the mean over the tasks, one
 * value a seed), then the tasks apart. Few seeds, tests that cannot reach .05 and synthetic data are said.
 */
export function findingsOf(comparison: Comparison): Findings {
  const family = comparison.rows.filter(({ p }) => p !== null).length;
  const told = comparison.rows.flatMap((row) => tellRow(row, comparison));
  return {
    headline: headline(told, comparison),
    cautions: cautions(told, comparison, family),
    rows: told.map(findingOf),
    remarks: remarksOn([{ told, size: family }]),
    byTask: byTask(comparison),
  };
}

/** The findings as lines of text: headline, cautions, remarks, the tasks. The rows are a grid, `verdictsGrid`. */
export function findingsText({ headline, cautions, remarks, byTask }: Findings): string[] {
  return [headline, ...cautions, ...remarks, ...byTask];
}

/** The rows as a grid: verdict, difference and interval beside the method; null without any. */
export function verdictsGrid(rows: readonly Finding[]): Section | undefined {
  if (rows.length === 0) return undefined;
  const baselines = distinct(rows.map(({ baseline }) => baseline));
  const several = baselines.length > 1;
  const or = (text: string) => (text === '' ? NOTHING : text);
  return {
    name: 'verdicts',
    caption: `Verdicts: each row against ${several ? 'its baseline' : baselines[0]!}, paired by seed`,
    columns: [
      ...[left('Method'), ...(several ? [left('Against')] : []), left('Verdict')],
      ...['Difference', '95 % t interval', 'Seeds', 'p (Holm)'].map(right),
    ],
    rows: rows.map(({ title, baseline, short, difference, interval, seeds, p }) => [
      ...[title, ...(several ? [baseline] : []), short],
      ...[or(difference), or(interval), String(seeds), or(p)],
    ]),
  };
}

function tellRow({ title, baseline, average: { difference }, unequal, ...row }: Row, { tasks }: Comparison): Told[] {
  const metrics = tasks.map(({ metric }) => metric);
  if (baseline === null || !alike(metrics)) return [];
  const { p, pHolm, bca, pEquivalentHolm } = row;
  const verdict = verdictOf({
    unequal: unequal.size > 0,
    ...{ n: difference?.n ?? 0, interval: difference?.interval ?? null },
    ...{ p, pHolm, pEquivalent: pEquivalentHolm },
  });
  const unit = { name: unitsOf(metrics), decimals: 2 };
  return [{ title, baseline, difference, pHolm, verdict, unit, primary: { bca, pEquivalentHolm } }];
}

function whereOf({ tasks }: Comparison): string {
  return tasks.length === 1 ? `on ${taskTitle(tasks[0]!.task)}` : `over the ${tasks.length} tasks`;
}

function headline(told: readonly Told[], comparison: Comparison): string {
  const metrics = comparison.tasks.map(({ metric }) => metric);
  if (!alike(metrics))
    return `Nothing is compared over the tasks, whose metrics have no mean: ${listed(distinct(metrics.map((metric) => `${metricTitle(metric)} in ${unitsOf([metric])}`)))}.`;
  if (told.length === 0) return 'Nothing is compared: there is no LoRA row, nor a single reference cell.';
  const named = (verdicts: readonly Verdict[]) =>
    told.filter(({ verdict }) => verdicts.includes(verdict)).map(({ title }) => title);
  const to = baselinesText(told, comparison.rows);
  const data = comparison.results.every(isSynthetic) ? ', on synthetic data' : '';
  const exceeding = named(['exceeds']);
  const verb = exceeding.length === 1 ? 'differs' : 'differ';
  if (told.every(({ verdict }) => verdict === 'unequal'))
    return `Nothing is compared: ${listed(named(['unequal']))} and ${to} were trained under unequal protocols.`;
  const first =
    exceeding.length === 0
      ? `No difference from ${to} is shown to exceed seed noise`
      : `${listed(exceeding)} ${verb} from ${to} by more than seed noise`;
  const groups: [string, readonly Verdict[]][] = [
    [`equal to it within ±${EQUIVALENCE_MARGIN} points`, ['equivalent']],
    ['not distinguishable from it', ['undistinguished']],
    [
      'the interval excludes 0 but no test confirms it',
      ['interval-unreachable', 'interval-alone', 'interval-untested'],
    ],
    ['p ≤ .05 alone, not after Holm', ['lost-to-holm']],
    ['test and interval disagree', ['test-alone']],
    ['identical scores', ['identical']],
    ['one seed, so nothing can be said', ['one-seed']],
    ['no pair of trials', ['unpaired']],
    ['not compared, for they were trained under unequal protocols', ['unequal']],
  ];
  const others = groups
    .map(([what, verdicts]) => [what, named(verdicts)] as const)
    .filter(([, rows]) => rows.length > 0);
  const rest = others.map(([what, rows]) => `${what}: ${listed(rows)}`).join('; ');
  return `${first} (${whereOf(comparison)}${data})${rest === '' ? '' : `; ${rest}`}.`;
}

function cautions(told: readonly Told[], comparison: Comparison, family: number): string[] {
  const counts = distinct(told.flatMap(({ difference }) => (difference === null ? [] : [difference.n])));
  const most = Math.max(...counts);
  const unable = counts.length > 0 && smallestHolmP(most, family) > LEVEL;
  const after = family > 1 ? `, and ${formatP(smallestHolmP(most, family))} after Holm over ${family} rows` : '';
  return [
    ...protocolLines(comparison),
    ...directionNotes(comparison.tasks.map(({ metric }) => metric)),
    ...[syntheticText(comparison.results), devRowsText(comparison.results)].filter((text) => text !== null),
    ...(unable
      ? [
          `Few seeds: n = ${most} cannot show any difference of this table at the .05 level: the smallest sign-flip p is ` +
            `${formatP(smallestSignFlipP(most))}${after}. It takes at least ${fewestSeeds(family)} seeds.`,
        ]
      : []),
    ...[commonRateText(comparison)].filter((text) => text !== null),
    ...failureLines(comparison.rowsAndBaselines, comparison.diverged),
  ];
}

/** What the intervals by task say, with how many of so many exclude 0 by chance alone. */
function byTask({ tasks, rows }: Comparison): string[] {
  if (tasks.length < 2) return [];
  const cells = rows.flatMap(({ title, cells: own }) =>
    own.flatMap(({ difference }, i) =>
      difference?.interval == null ? [] : [{ title, task: tasks[i]!.task, difference }],
    ),
  );
  if (cells.length === 0) return [];
  const outside = cells.filter(({ difference: { interval } }) => interval![0] > 0 || interval![1] < 0);
  const such = `${cells.length} t ${cells.length === 1 ? 'interval' : 'intervals'}`;
  if (outside.length === 0) return [`By task (secondary): none of the ${such} excludes 0.`];
  const named = [...groupBy(outside, ({ title }) => title)].map(
    ([title, own]) => `${title} on ${listed(own.map(({ task }) => taskTitle(task)))}`,
  );
  const chance = `Of ${such} about ${(cells.length * LEVEL).toFixed(1)} would by chance alone.`;
  return [`By task (secondary, not adjusted): the t interval excludes 0 for ${named.join('; ')}. ${chance}`];
}
