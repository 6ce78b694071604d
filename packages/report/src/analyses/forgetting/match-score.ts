import { lowerMedian, median } from '@lomap/statistics';
import { atScore, frontierOf, type Cost } from './frontier.ts';
import type { CloudsBySeed } from './measured.ts';

/** How far the target score lies from the lowest scores to what most methods reach. */
export const TARGET_SHARE = 0.9;

/** The methods' forgetting on one task at one score, the same for all. */
export interface ScoreMatch {
  /** In points; null if the clouds leave nothing to match. */
  readonly target: number | null;
  /** By row, in the rows' order. */
  readonly reached: readonly Reached[];
  /** The seeds left out for all, because a row that is compared does not reach the target with them. */
  readonly leftOut: readonly number[];
}

export interface Reached {
  /** Median over the seeds of the best score, in points; null without a cloud. */
  readonly best: number | null;
  /** With how many of so many seeds some point reaches the target. */
  readonly seeds: number;
  readonly of: number;
  /** Whether more than half of the seeds reach it; a row that is not compared leaves no seed out for the others. */
  readonly compared: boolean;
  /** The frontier's forgetting at the target, by seed; empty for a row that is not compared. */
  readonly costs: ReadonlyMap<number, Cost>;
}

/**
 * Matches the rows' clouds on a task at one target score
 *
 *   t = floor + .9 · (common − floor)
 *
 * floor: the median over all rows and seeds of the lowest score in the cloud. common: what most rows reach, the (lower)
 * median over the rows of the median over the seeds of the best score in the cloud. So every row counts alike, whatever
 * its name; a row that hardly learns or a seed that diverges does not pull the target down to where nothing is learned;
 * and t lies below the top, where a few examples decide who reaches it.
 *
 * A row that reaches t with half of its seeds or fewer is not compared. A seed with which another row does not reach t
 * is left out for all, so that the rows' means are over the same seeds. No target if no cloud has two points, or if
 * most rows do not rise above the floor.
 */
export function matchByScore(rows: readonly CloudsBySeed[]): ScoreMatch {
  const clouds = rows.map((row) => new Map([...row].map(([seed, cloud]) => [seed, cloud.map(({ score }) => score)])));
  const all = clouds.flatMap((row) => [...row.values()]);
  const bests = clouds.map((row) =>
    row.size === 0 ? null : median([...row.values()].map((scores) => Math.max(...scores))),
  );
  const floor = median(all.map((scores) => Math.min(...scores)));
  const common = lowerMedian(bests.filter((best) => best !== null));
  const target =
    common > floor && all.some(({ length }) => length > 1) ? floor + TARGET_SHARE * (common - floor) : null;

  const drafts = rows.map((row) => {
    const costs = new Map<number, Cost>();
    for (const [seed, cloud] of target === null ? [] : row) {
      const cost = atScore(frontierOf(cloud), target!);
      if (cost !== null) costs.set(seed, cost);
    }
    return { costs, of: row.size, compared: 2 * costs.size > row.size };
  });
  const failing = drafts.flatMap(({ costs, compared }, i) =>
    compared ? [...rows[i]!.keys()].filter((seed) => !costs.has(seed)) : [],
  );
  const leftOut = [...new Set(failing)].sort((a, b) => a - b);
  return {
    target,
    leftOut,
    reached: drafts.map(({ costs, of, compared }, i) => ({
      ...{ best: bests[i]!, seeds: costs.size, of, compared },
      costs: new Map([...costs].filter(([seed]) => compared && !leftOut.includes(seed))),
    })),
  };
}
