import { EQUIVALENCE_MARGIN, smallestSignFlipP } from '@lomap/statistics';
import { baselinesText } from '../baseline.ts';
import type { Comparison, Row } from '../comparison.ts';
import { distinct } from '../group.ts';
import { taskTitle } from '../names.ts';
import { commonRateText } from '../notes/common-rate.ts';
import { devRowsText } from '../notes/dev-rows.ts';
import { failureLines } from '../notes/failures.ts';
import { isSynthetic, syntheticText } from '../notes/synthetic.ts';
import { protocolLines } from '../protocols.ts';
import { formatP } from '../tables/numbers.ts';
import { fewestSeeds, LEVEL, smallestHolmP, verdictOf, type Verdict } from './verdict.ts';
import { briefly, listed, meaningOf, numbersOf, VERDICTS, type Told } from './words.ts';

/** What the differences of a comparison say, in words. */
export interface Findings {
  /** Which rows differ from their baseline by more than seed noise, and which do not. */
  readonly headline: string;
  /** What so many seeds cannot show, and what the data cannot say. */
  readonly cautions: readonly string[];
  /** One for each row that has a baseline, on the primary endpoint. */
  readonly rows: readonly Finding[];
  /** The tasks apart, which are secondary; empty for a single task. */
  readonly byTask: readonly string[];
}

export interface Finding {
  readonly title: string;
  readonly baseline: string;
  readonly verdict: Verdict;
  /** The verdict in two or three words. */
  readonly short: string;
  /** The difference, its interval, the number of seeds and the test. */
  readonly numbers: string;
  /** What follows from them, in whole sentences. */
  readonly meaning: string;
}

/**
 * The findings of a comparison: for each row against its baseline the primary endpoint (the mean over the tasks, one
 * value a seed), then the tasks apart. Few seeds, tests that cannot reach .05 and synthetic data are said.
 */
export function findingsOf(comparison: Comparison): Findings {
  const family = comparison.rows.filter(({ p }) => p !== null).length;
  const told = comparison.rows.flatMap((row) => tellRow(row, comparison, family));
  return {
    headline: headline(told, comparison),
    cautions: cautions(told, comparison, family),
    rows: told.map((each) => ({
      ...{ title: each.title, baseline: each.baseline, verdict: each.verdict },
      ...{ short: VERDICTS[each.verdict], numbers: numbersOf(each), meaning: meaningOf(each) },
    })),
    byTask: byTask(comparison),
  };
}

/** The findings as lines of text: headline, cautions, one line a row, the tasks. */
export function findingsText({ headline, cautions, rows, byTask }: Findings): string[] {
  return [
    headline,
    ...cautions,
    ...rows.map(({ title, baseline, numbers, meaning }) => `${title} against ${baseline}: ${numbers}. ${meaning}`),
    ...byTask,
  ];
}

function tellRow(row: Row, comparison: Comparison, family: number): Told[] {
  if (row.baseline === null) return [];
  const { difference } = row.average;
  const differing = distinct([...row.unequal.values()].flat());
  const verdict = verdictOf({
    unequal: differing.length > 0,
    ...{ n: difference?.n ?? 0, interval: difference?.interval ?? null },
    ...{ p: row.p, pHolm: row.pHolm, pEquivalent: row.pEquivalentHolm },
  });
  const { title, baseline, p, pHolm, bca, pEquivalent, pEquivalentHolm } = row;
  const primary = { bca, pEquivalent, pEquivalentHolm };
  return [{ title, baseline, where: whereOf(comparison), difference, p, pHolm, family, verdict, differing, primary }];
}

function whereOf({ tasks }: Comparison): string {
  return tasks.length === 1 ? `on ${taskTitle(tasks[0]!.task)}` : `over the ${tasks.length} tasks`;
}

function headline(told: readonly Told[], comparison: Comparison): string {
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
      ? `No difference to ${to} is shown to exceed seed noise`
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
  const chance = `Of ${cells.length} such intervals about ${(cells.length * LEVEL).toFixed(1)} exclude 0 by chance alone.`;
  if (outside.length === 0) return [`By task (secondary): none of the ${cells.length} t intervals excludes 0.`];
  const named = outside.map(({ title, task, difference }) => `${title} on ${taskTitle(task)} ${briefly(difference)}`);
  return [`By task (secondary, not adjusted): the t interval excludes 0 for ${named.join('; ')}. ${chance}`];
}
