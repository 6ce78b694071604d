import type { Geometry, GeometryPoint, TrialResult } from '@lomap/results';
import { average, summarize, type Summary } from '@lomap/statistics';
import type { Comparison, Row } from '../../comparison.ts';
import { distinct, groupBy } from '../../group.ts';
import { correlation } from './correlation.ts';

/** A trial's geometry, or a random update's: what a correlation is taken of. */
interface Pair {
  readonly path: string;
  readonly magnitude: number;
  readonly direction: number;
  /** Over the outputs of the matrix. */
  readonly correlation: number | null;
}

/** Correlations of ΔM and ΔD in a trial. */
export interface Correlations {
  /** Over matrices and checkpoints together, as the DoRA paper plots them: size alone makes it large. */
  readonly pooled: number | null;
  /** Over the matrices of one layer at one checkpoint; the mean of these. */
  readonly layer: number | null;
  /** Over the outputs of one matrix at one checkpoint; the mean of these. */
  readonly outputs: number | null;
}

export type Kind = keyof Correlations;
export const KINDS: readonly Kind[] = ['pooled', 'layer', 'outputs'];

export interface GeometryRow {
  readonly row: Row;
  readonly results: readonly Recorded[];
  /** Of training, of random updates of the same sizes, and the difference: one value a seed, mean over the tasks. */
  readonly trained: Readonly<Record<Kind, Summary | null>>;
  readonly random: Readonly<Record<Kind, Summary | null>>;
  readonly difference: Readonly<Record<Kind, Summary | null>>;
}

export type Recorded = TrialResult & { readonly trial: { readonly geometry: Geometry } };

/** Random updates of one size. */
export interface RandomSize {
  readonly share: number;
  /** Means over seeds and matrices. */
  readonly magnitude: number;
  readonly direction: number;
  readonly layer: Summary | null;
  readonly outputs: Summary | null;
}

export interface GeometryComparison {
  readonly comparison: Comparison;
  readonly rows: readonly GeometryRow[];
  readonly results: readonly Recorded[];
  readonly sizes: readonly RandomSize[];
  /** Over the random updates of all sizes together, one value a seed. */
  readonly pooledSizes: Summary | null;
  /** The rank of the random updates. */
  readonly rank: string;
}

/** Null where no trial recorded its geometry. */
export function geometryOf(comparison: Comparison): GeometryComparison | null {
  const rows = comparison.rows.flatMap((row) => {
    const results = row.results.filter(isRecorded).filter(({ trial }) => trial.geometry.points.length > 0);
    return results.length === 0 ? [] : [rowOf(row, results)];
  });
  if (rows.length === 0) return null;
  const results = rows.flatMap((row) => row.results);
  // They are a function of weights, seed and settings: the same in every method and task of a seed.
  const random = [...groupBy(results, ({ trial }) => String(trial.settings.seed)).values()].map(
    (own) =>
      own.reduce((a, b) => (b.trial.geometry.random.length > a.trial.geometry.random.length ? b : a)).trial.geometry
        .random,
  );
  const shares = distinct(random.flatMap((own) => own.map(({ share }) => share))).sort((a, b) => a - b);
  return {
    ...{ comparison, rows, results },
    sizes: shares.map((share) => sizeOf(share, random)),
    pooledSizes: summarizeSome(random.map((own) => pearsonOf(own))),
    rank: distinct(results.map(({ trial }) => trial.settings.geometry?.randomRank ?? 0)).join(' or '),
  };
}

export function isRecorded(result: TrialResult): result is Recorded {
  return result.trial.geometry !== undefined;
}

/** `3` of `bert.encoder.layer.3.output.dense`; the path itself where there is no such part. */
export function layerOf(path: string): string {
  return /(?:^|\.)layers?\.(\d+)(?:\.|$)/.exec(path)?.[1] ?? path;
}

export function correlationsOf(points: readonly (Pair & { readonly step: number })[]): Correlations {
  const layers = [...groupBy(points, ({ step, path }) => JSON.stringify([step, layerOf(path)])).values()];
  return {
    pooled: pearsonOf(points),
    layer: meanOfSome(layers.map(pearsonOf)),
    outputs: meanOfSome(points.map((point) => point.correlation)),
  };
}

function rowOf(row: Row, results: readonly Recorded[]): GeometryRow {
  const trained = new Map(results.map((result) => [result, correlationsOf(result.trial.geometry.points)]));
  const random = new Map(results.map((result) => [result, correlationsOf(randomOf(result.trial.geometry.points))]));
  const bySeed = (kind: Kind, of: (result: Recorded) => number | null): [Kind, Summary | null] => [
    kind,
    summarizeSome(
      [...groupBy(results, ({ trial }) => String(trial.settings.seed)).values()].map((own) => meanOfSome(own.map(of))),
    ),
  ];
  const difference = (result: Recorded, kind: Kind) => {
    const [own, other] = [trained.get(result)![kind], random.get(result)![kind]];
    return own === null || other === null ? null : own - other;
  };
  const all = (of: (result: Recorded, kind: Kind) => number | null) =>
    Object.fromEntries(KINDS.map((kind) => bySeed(kind, (result) => of(result, kind)))) as Record<Kind, Summary | null>;
  return {
    ...{ row, results },
    trained: all((result, kind) => trained.get(result)![kind]),
    random: all((result, kind) => random.get(result)![kind]),
    difference: all(difference),
  };
}

/** The random update of the same size in each point's place. */
function randomOf(points: readonly GeometryPoint[]): (Pair & { step: number })[] {
  return points.map(({ step, path, random }) => ({ step, path, ...random }));
}

function sizeOf(share: number, random: readonly Geometry['random'][]): RandomSize {
  const bySeed = random.map((own) => own.filter((turn) => turn.share === share));
  const all = bySeed.flat();
  return {
    share,
    magnitude: average(all.map(({ magnitude }) => magnitude)),
    direction: average(all.map(({ direction }) => direction)),
    layer: summarizeSome(bySeed.map((own) => correlationsOf(own.map((turn) => ({ step: 0, ...turn }))).layer)),
    outputs: summarizeSome(bySeed.map((own) => meanOfSome(own.map((turn) => turn.correlation)))),
  };
}

function pearsonOf(points: readonly Pair[]): number | null {
  return correlation(
    points.map(({ direction }) => direction),
    points.map(({ magnitude }) => magnitude),
  );
}

export function meanOfSome(values: readonly (number | null)[]): number | null {
  const some = values.filter((value) => value !== null);
  return some.length === 0 ? null : average(some);
}

function summarizeSome(values: readonly (number | null)[]): Summary | null {
  return summarize(values.filter((value) => value !== null));
}
