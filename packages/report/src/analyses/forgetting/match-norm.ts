import { average, median } from '@lomap/statistics';
import { atNorm, normCurveOf, type NormCurve } from './isotonic.ts';
import type { CloudsBySeed } from './measured.ts';

/** Where in the common range of log ‖ΔW‖ two methods are compared. */
export const NORM_SHARES = [0.25, 0.5, 0.75];

/** A method and its baseline on one task at the same norms. */
export interface NormMatch {
  /** Ascending; null if the ranges do not overlap. */
  readonly norms: readonly number[] | null;
  /** Forgetting averaged over the norms, by seed. */
  readonly own: ReadonlyMap<number, number>;
  readonly reference: ReadonlyMap<number, number>;
  /** The shared seeds with which either curve does not cover the norms. */
  readonly leftOut: readonly number[];
  /** The fewest points that either has inside the common range with a seed that counts. */
  readonly fewestPoints: number;
}

/**
 * Compares two methods at three norms inside the range of ‖ΔW‖ that both cover, spaced evenly in log ‖ΔW‖ at its
 * quarters. A method's range is from the median over the seeds of the least norm in the cloud to the median of the
 * greatest; the quarters leave air for the seeds. Nothing is extrapolated: a seed with which either curve does not
 * cover all three norms is left out.
 *
 * The range is the pair's, not that of all methods: starts of LoMAP fix ‖ΔW‖ in different orders of magnitude, so that a
 * range common to all is often empty, and whom a method is compared with should not depend on who else is in the sweep.
 */
export function matchByNorm(own: CloudsBySeed, reference: CloudsBySeed): NormMatch {
  const curves = new Map<number, readonly [NormCurve, NormCurve]>();
  for (const [seed, cloud] of own) {
    const pair = [normCurveOf(cloud), normCurveOf(reference.get(seed) ?? [])] as const;
    if (pair.every(({ length }) => length > 0)) curves.set(seed, pair);
  }
  const ends = (which: 0 | 1, end: (curve: NormCurve) => number) =>
    median([...curves.values()].map((pair) => end(pair[which])));
  const low = Math.max(...([0, 1] as const).map((which) => ends(which, (curve) => curve[0]!.norm)));
  const high = Math.min(...([0, 1] as const).map((which) => ends(which, (curve) => curve.at(-1)!.norm)));
  const none = { own: new Map(), reference: new Map(), leftOut: [], fewestPoints: 0 };
  if (!(low < high)) return { norms: null, ...none };

  const norms = NORM_SHARES.map((share) => low * (high / low) ** share);
  const [owns, references, leftOut] = [new Map<number, number>(), new Map<number, number>(), [] as number[]];
  let fewestPoints = Infinity;
  for (const [seed, pair] of curves) {
    const [a, b] = pair.map((curve) => norms.map((norm) => atNorm(curve, norm)).filter((value) => value !== null));
    if (a!.length < norms.length || b!.length < norms.length) {
      leftOut.push(seed);
      continue;
    }
    owns.set(seed, average(a!));
    references.set(seed, average(b!));
    const inside = pair.map((curve) => curve.filter(({ norm }) => low <= norm && norm <= high).length);
    fewestPoints = Math.min(fewestPoints, ...inside);
  }
  return { norms, own: owns, reference: references, leftOut, fewestPoints: owns.size === 0 ? 0 : fewestPoints };
}
