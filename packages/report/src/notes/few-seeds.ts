import { EQUIVALENCE_MARGIN, intervalHalfWidth, MOST_SEEDS, seedsForHalfWidth } from '@lomap/statistics';
import type { Comparison, Row } from '../comparison.ts';
import { inPoints } from '../readings.ts';
import { formatCount } from '../tables/numbers.ts';

/** Below this many seeds a mean is for looking, not for concluding. */
export const FEW_SEEDS = 5;

/**
 * That the seeds are few, and how many would give a 95 % t interval of ± the protocol's margin: over the rows' own
 * deviations of the paired differences. Null where the seeds are not few; without the number where no deviation is known and for metrics that
 * are not in points, which the margin is in.
 */
export function fewSeedsText({ tasks, rows }: Comparison): string | null {
  const counts = rows.flatMap(({ cells }) => cells.flatMap(({ score }) => (score === null ? [] : [score.n])));
  const fewest = Math.min(...counts);
  if (fewest >= FEW_SEEDS) return null;
  return `Few seeds (n = ${fewest}): for looking, not for concluding.${inPoints(tasks.map(({ metric }) => metric)) ? seedsText(rows) : ''}`;
}

function seedsText(rows: readonly Row[]): string {
  const deviations = rows.map(({ average }) => average.difference?.deviation ?? 0).filter((deviation) => deviation > 0);
  if (deviations.length === 0) return '';
  const [low, high] = [Math.min(...deviations), Math.max(...deviations)].map(seedsOf) as [string, string];
  return (
    ` With the deviations of this table’s paired differences, a 95 % t interval of ±${EQUIVALENCE_MARGIN} points takes ` +
    `${low === high ? low : `${low} to ${high}`} seeds; a deviation of so few seeds is itself uncertain.`
  );
}

function seedsOf(deviation: number): string {
  return intervalHalfWidth(deviation, MOST_SEEDS) > EQUIVALENCE_MARGIN
    ? `more than ${formatCount(MOST_SEEDS)}`
    : formatCount(seedsForHalfWidth(deviation, EQUIVALENCE_MARGIN));
}
