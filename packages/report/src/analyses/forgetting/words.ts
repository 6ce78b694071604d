import { smallestSignFlipP } from '@lomap/statistics';
import { fewestSeeds, LEVEL, smallestHolmP, verdictOf, type Verdict } from '../../findings/verdict.ts';
import type { Findings } from '../../findings/findings.ts';
import { findingOf, listed, remarksOn, type Finding, type Told } from '../../findings/words.ts';
import { distinct } from '../../group.ts';
import { failureLines } from '../../notes/failures.ts';
import { isSynthetic, syntheticText } from '../../notes/synthetic.ts';
import { formatP } from '../../tables/numbers.ts';
import type { Endpoint, EndpointRow, ForgettingComparison } from './compare.ts';

/** `at matched score`. */
export function matchedText({ matched }: Pick<Endpoint, 'matched'>): string {
  return matched === 'score' ? 'at matched score' : 'at matched ‖ΔW‖';
}

/**
 * The findings on forgetting: for each kind, at matched score and at matched ‖ΔW‖, each method against its baseline on
 * the mean over the tasks, under the same rule as a table of scores. Only what exceeds seed noise is told as more or less.
 */
export function forgettingFindings(comparison: ForgettingComparison): Findings {
  const { endpoints, results } = comparison;
  const synthetic = syntheticText(results);
  const data = results.length > 0 && results.every(isSynthetic) ? ' (on synthetic data)' : '';
  const unequal = comparison.rows.some((row) => row.unequal.size > 0);
  const sentences = endpoints.map((endpoint) => endpointText(endpoint, unequal));
  return {
    headline:
      sentences.length === 0
        ? 'Forgetting was asked for, but no trial measured it.'
        : `Forgetting${data}. ${sentences.join(' ')}`,
    cautions: [
      ...comparison.protocols,
      ...(synthetic === null ? [] : [synthetic]),
      ...fewSeeds(endpoints),
      ...failureLines([...comparison.floors, ...comparison.rows], comparison.diverged),
    ],
    rows: endpoints.flatMap((endpoint) => compared(endpoint).map((row) => findingIn(row, endpoint))),
    remarks: remarks(endpoints),
    byTask: [],
  };
}

function compared({ rows }: Endpoint): EndpointRow[] {
  return rows.filter(({ baseline }) => baseline !== null);
}

function familyOf({ rows }: Endpoint): number {
  return rows.filter(({ p }) => p !== null).length;
}

function verdictFor({ average: { difference }, p, pHolm }: EndpointRow): Verdict {
  return verdictOf({ n: difference?.n ?? 0, interval: difference?.interval ?? null, p, pHolm });
}

/** `Pretraining text, at matched score: LoMAP forgets less than LoRA by more than seed noise; not shown: DoRA.` */
function endpointText(endpoint: Endpoint, unequal: boolean): string {
  const rows = compared(endpoint);
  const what = `${endpoint.kind.what[0]!.toUpperCase()}${endpoint.kind.what.slice(1)}, ${matchedText(endpoint)}`;
  if (rows.length === 0)
    return `${what}: nothing is compared, for ${unequal ? 'the rows were trained under unequal protocols' : 'there is no LoRA row, nor a single reference cell'}.`;
  const to = listed(distinct(rows.map(({ baseline }) => baseline!)));
  const told = rows.map((row) => ({ row, verdict: verdictFor(row) }));
  const exceeding = (sign: number) =>
    told.filter(({ row, verdict }) => verdict === 'exceeds' && sign * row.average.difference!.mean > 0);
  const names = (of: typeof told) => listed(of.map(({ row }) => row.title));
  const verb = (of: typeof told) => (of.length === 1 ? 'forgets' : 'forget');
  const [less, more] = [exceeding(-1), exceeding(1)];
  const others = told.filter(({ verdict }) => verdict !== 'exceeds' && verdict !== 'unpaired');
  const apart = told.filter(({ verdict }) => verdict === 'unpaired');
  const parts = [
    ...(less.length === 0 ? [] : [`${names(less)} ${verb(less)} less than ${to} by more than seed noise`]),
    ...(more.length === 0 ? [] : [`${names(more)} ${verb(more)} more than ${to} by more than seed noise`]),
    ...(others.length === 0 ? [] : [`not shown to differ from ${to} by more than seed noise: ${names(others)}`]),
    ...(apart.length === 0 ? [] : [`not comparable: ${names(apart)}`]),
  ];
  return `${what}: ${parts.join('; ')}.`;
}

function fewSeeds(endpoints: readonly Endpoint[]): string[] {
  const lines = endpoints.flatMap((endpoint) => {
    const most = Math.max(0, ...compared(endpoint).map(({ average }) => average.difference?.n ?? 0));
    const family = familyOf(endpoint);
    if (most === 0 || smallestHolmP(most, family) <= LEVEL) return [];
    const after = family > 1 ? `, and ${formatP(smallestHolmP(most, family))} after Holm over ${family} rows` : '';
    return [
      `Few seeds: n = ${most} cannot show any difference in forgetting ${matchedText(endpoint)} at the .05 level: the ` +
        `smallest sign-flip p is ${formatP(smallestSignFlipP(most))}${after}. It takes at least ${fewestSeeds(family)} seeds.`,
    ];
  });
  return distinct(lines);
}

function findingIn(row: EndpointRow, endpoint: Endpoint): Finding {
  const finding = findingOf(tell(row, endpoint));
  return finding.verdict === 'identical' ? { ...finding, short: 'identical forgetting' } : finding;
}

function tell(row: EndpointRow, endpoint: Endpoint): Told {
  const { unit, decimals } = endpoint.kind;
  return {
    title: `${row.title}, ${endpoint.kind.what} ${matchedText(endpoint)}${row.fewPoints ? ' †' : ''}`,
    ...{
      baseline: row.baseline!,
      difference: row.average.difference,
      pHolm: row.pHolm,
      verdict: verdictFor(row),
    },
    unit: { name: unit, decimals },
  };
}

/** What the verdicts mean, and, endpoint by endpoint, what fewer seeds than others cannot show. */
function remarks(endpoints: readonly Endpoint[]): string[] {
  const few = endpoints.some((endpoint) => compared(endpoint).some(({ fewPoints }) => fewPoints));
  const families = endpoints.map((endpoint) => ({
    told: compared(endpoint).map((row) => tell(row, endpoint)),
    size: familyOf(endpoint),
  }));
  return [...remarksOn(families), ...(few ? ['† few points: the matching is coarse.'] : [])];
}
