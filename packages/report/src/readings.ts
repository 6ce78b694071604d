/** How scores are printed: each metric says its scale, its unit, and which of two values is better. */
import { readingOf, type Reading } from '@lomap/tasks';
import { distinct } from './group.ts';

/** Numbers of a previous task's metrics, as results of forgetting name them. */
const PREVIOUS = 'previous_';

/** A value of a metric as it is printed: 0.613 of an accuracy is 61.3 points. */
export function printed(metric: string, value: number): number {
  return readingsOf(metric)[0]!.scale * value;
}

/** The units of metrics' printed values, each once: `points`, `points or nats`. */
export function unitsOf(metrics: readonly string[]): string {
  return distinct(metrics.flatMap(readingsOf).map(({ unit }) => unit)).join(' or ');
}

/** Whether the smaller of two values of a metric is the better one. */
export function smallerIsBetter(metric: string): boolean {
  return readingsOf(metric)[0]!.better === 'smaller';
}

/** Whether values of these metrics may be averaged: one scale, one unit, one direction. */
export function alike(metrics: readonly string[]): boolean {
  const kinds = metrics.flatMap(readingsOf).map(({ better, scale, unit }) => JSON.stringify([better, scale, unit]));
  return distinct(kinds).length < 2;
}

/** Whether values of all these metrics are printed in points, which the margin of equality is in. */
export function inPoints(metrics: readonly string[]): boolean {
  return unitsOf(metrics) === 'points';
}

/** What a metric's values are multiplied by, after its name: ` × 100`; nothing where they are printed as they are. */
export function scaleText(metrics: readonly string[]): string {
  const scales = distinct(metrics.flatMap(readingsOf).map(({ scale }) => scale));
  return scales.length === 1 && scales[0] !== 1 ? ` × ${scales[0]}` : '';
}

/** What findings say of metrics of which the smaller value is better; empty where there are none. */
export function directionNotes(metrics: readonly string[]): string[] {
  const smaller = distinct(metrics.flatMap((metric) => metric.split(' or ')).filter(smallerIsBetter));
  const titles = smaller.map((metric) => readingOf(metric).title);
  return titles.length === 0 ? [] : [`Smaller is better: ${titles.join(', ')}.`];
}

/** Of a metric's name, or of several, joined where trials disagree about the primary one. */
function readingsOf(metric: string): Reading[] {
  return metric.split(' or ').map((name) => readingOf(name.startsWith(PREVIOUS) ? name.slice(PREVIOUS.length) : name));
}
