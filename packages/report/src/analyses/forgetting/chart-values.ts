import { average } from '@lomap/statistics';
import type { ForgettingComparison } from './compare.ts';
import { atScore, frontierOf } from './frontier.ts';
import { atNorm, normCurveOf } from './isotonic.ts';
import type { Kind } from './kinds.ts';
import { cloudsOf } from './measured.ts';

/** A datum of the charts of forgetting: a seed's point, a point of the mean over the seeds, or the target score. */
export type ChartValue = Readonly<Record<string, string | number>>;

/** Points of a mean curve. */
const STEPS = 24;

/** Each seed's frontier, the means over the seeds where every seed that counts has one, and the target score. */
export function scoreValues({ rows, endpoints }: ForgettingComparison, kind: Kind, task: string): ChartValue[] {
  const values: ChartValue[] = [];
  const endpoint = endpoints.find((each) => each.kind === kind && each.matched === 'score');
  const place = endpoint?.tasks.findIndex((column) => column.task === task) ?? -1;
  const match = endpoint?.matched === 'score' ? endpoint.matches[place] : undefined;
  for (const [r, row] of rows.entries()) {
    const frontiers = new Map([...cloudsOf(row, task, kind)].map(([seed, cloud]) => [seed, frontierOf(cloud)]));
    for (const [seed, points] of frontiers) {
      for (const { learningRate, epoch, score, forgotten } of points) {
        values.push({ kind: 'seed', method: row.title, seed, learningRate, epoch, ...short({ score, forgotten }) });
      }
    }
    // The seeds that are compared; all of them for a row that is not.
    const counted = [...(match?.reached[r]?.costs.keys() ?? [])];
    const own = counted.length > 0 ? counted.map((seed) => frontiers.get(seed)!) : [...frontiers.values()];
    const from = Math.max(...own.map((points) => points[0]!.score));
    const to = Math.min(...own.map((points) => points.at(-1)!.score));
    for (const score of steps(from, to)) {
      const forgotten = average(own.map((points) => atScore(points, score)!.forgotten));
      values.push({ kind: 'mean', method: row.title, n: own.length, ...short({ score, forgotten }) });
    }
  }
  if (values.length > 0 && match?.target != null) values.push({ kind: 'target', ...short({ score: match.target }) });
  return values;
}

/** Every point, and the means of the isotonic curves where every seed has one. */
export function normValues({ rows }: ForgettingComparison, kind: Kind, task: string): ChartValue[] {
  const values: ChartValue[] = [];
  for (const row of rows) {
    const clouds = cloudsOf(row, task, kind);
    for (const [seed, cloud] of clouds) {
      for (const { learningRate, epoch, norm, forgotten } of cloud.filter((point) => point.norm > 0)) {
        values.push({ kind: 'seed', method: row.title, seed, learningRate, epoch, ...short({ norm, forgotten }) });
      }
    }
    const curves = [...clouds.values()].map(normCurveOf).filter(({ length }) => length > 0);
    const from = Math.max(...curves.map((curve) => curve[0]!.norm));
    const to = Math.min(...curves.map((curve) => curve.at(-1)!.norm));
    for (const log of steps(Math.log(from), Math.log(to))) {
      const norm = Math.min(to, Math.max(from, Math.exp(log)));
      const forgotten = average(curves.map((curve) => atNorm(curve, norm)!));
      values.push({ kind: 'mean', method: row.title, n: curves.length, ...short({ norm, forgotten }) });
    }
  }
  return values;
}

/** The norms that a panel shows, with a little air. */
export function normDomain(values: readonly ChartValue[]): [number, number] {
  const norms = values.map(({ norm }) => norm as number);
  return [Math.min(...norms) / 1.15, Math.max(...norms) * 1.15];
}

/** Ones, twos and fives of every power of ten inside a domain. */
export function normTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: 41 }, (_, i) => i - 20);
  return powers
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter((tick) => low <= tick && tick <= high);
}

/**
 * The most forgetting that a panel shows where one method forgets more than twice what every other does and would press
 * them to the floor: 1.5 times the second. Null where nothing need be cut.
 */
export function cutOf(values: readonly ChartValue[]): number | null {
  const tops = new Map<string, number>();
  const means = values.filter(({ kind }) => kind === 'mean');
  for (const { method, forgotten } of means) {
    tops.set(String(method), Math.max(tops.get(String(method)) ?? -Infinity, forgotten as number));
  }
  const [first, second] = [...tops.values()].sort((a, b) => b - a);
  if (first === undefined || second === undefined || second <= 0 || first <= 2 * second) return null;
  return Number((1.5 * second).toPrecision(3));
}

/** Evenly spaced from one end to the other; the end alone where they meet, nothing where they cross. */
function steps(from: number, to: number): number[] {
  if (!(from <= to)) return [];
  if (from === to) return [from];
  return Array.from({ length: STEPS + 1 }, (_, i) => (i === STEPS ? to : from + ((to - from) * i) / STEPS));
}

/** Five significant digits, which is more than a chart can show. */
function short(numbers: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number(value.toPrecision(5))]));
}
