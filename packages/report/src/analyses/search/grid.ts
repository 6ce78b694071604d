import { distinct, groupBy } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import type { SearchCurve, SearchPoint } from './curves.ts';
import { fixed, NOTHING } from '../../tables/numbers.ts';
import { left, right, type Section } from '../../tables/table.ts';
import { unitsOf } from '../../readings.ts';

const BARS = '▁▂▃▄▅▆▇█';

/**
 * The curves of a learning-rate search for a terminal, a grid a task: methods down, rates across, the mean score in
 * the cells, the best rate's in brackets, and the curve drawn in bars. Bars of one task have one scale, so
 * that methods can be compared. A rate at which all seeds collapsed or one diverged says so; one without a score is a dash, and
 * a gap among the bars.
 */
export function searchGrids(curves: readonly SearchCurve[]): Section[] {
  return [...groupBy(curves, ({ task }) => task).values()].map(gridOf);
}

function gridOf(curves: readonly SearchCurve[]): Section {
  const { task, metric } = curves[0]!;
  const points = curves.flatMap((curve) => curve.points);
  const rates = distinct(points.map(({ learningRate }) => learningRate)).sort((a, b) => a - b);
  const means = points.flatMap(({ summary }) => summary?.mean ?? []);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const at = (curve: SearchCurve, rate: number): SearchPoint | undefined =>
    curve.points.find(({ learningRate }) => learningRate === rate);
  return {
    caption:
      `${taskTitle(task)} by learning rate: ${metricTitle(metric)} on the selection split in ${unitsOf([metric])}, ` +
      `${seedsOf(points)} a point, [best]`,
    columns: [left('Method'), ...rates.map((rate) => right(` ${rate.toExponential()} `)), left('Curve')],
    rows: curves.map((curve) => [
      curve.title,
      ...rates.map((rate) => cell(at(curve, rate), chosen(curve))),
      rates.map((rate) => bar(at(curve, rate), low, high)).join(''),
    ]),
  };
}

/** The rate that the search chooses, where something speaks for it. */
function chosen({ choice }: SearchCurve): number | null {
  return choice !== null && choice.forced === null ? choice.best.learningRate : null;
}

function cell(point: SearchPoint | undefined, best: number | null): string {
  if (point === undefined) return ` ${NOTHING} `;
  const { summary, seeds, collapsed, diverged } = point;
  if (diverged > 0) return ' diverged ';
  if (collapsed === seeds) return ' collapsed ';
  if (summary === null) return ` ${NOTHING} `;
  const score = fixed(summary.mean, 1);
  return point.learningRate === best ? `[${score}]` : ` ${score} `;
}

function bar(point: SearchPoint | undefined, low: number, high: number): string {
  const mean = point?.summary?.mean;
  if (mean === undefined) return ' ';
  const share = high > low ? (mean - low) / (high - low) : 1;
  return BARS[Math.round(share * (BARS.length - 1))]!;
}

function seedsOf(points: readonly SearchPoint[]): string {
  const counts = points.map(({ seeds }) => seeds);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return `${fewest === most ? '' : `${fewest} to `}${most} ${most === 1 ? 'seed' : 'seeds'}`;
}
