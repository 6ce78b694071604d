/** How long a training step takes, and a call. */
import type { Measured } from '@lomap/results';

/** Quartiles of the steps' times in milliseconds (linear between order statistics); undefined of none. */
export function stepMilliseconds(seconds: readonly number[]): Measured['stepMilliseconds'] {
  if (seconds.length === 0) return undefined;
  const sorted = seconds.map((value) => 1000 * value).sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), steps: sorted.length };
}

/** The median wall-clock seconds of so many calls, an odd number. */
export function medianSeconds(calls: number, call: () => unknown): number {
  const seconds = Array.from({ length: calls }, () => {
    const started = performance.now();
    call();
    return (performance.now() - started) / 1000;
  });
  return seconds.sort((a, b) => a - b)[(calls - 1) / 2]!;
}
