import { compare, type Comparison } from '../comparison.ts';
import { commonRateText } from '../notes/common-rate.ts';
import type { Analysis, Evidence, Given } from './analysis.ts';

/** What these analyses are made from: the main trials that none of them keeps to itself are compared once, for all. */
export function evidenceOf(given: Given, analyses: readonly Analysis[]): Evidence {
  const kept = new Set(analyses.flatMap(({ keeps }) => keeps?.(given) ?? []));
  const others = given.results.filter((result) => !kept.has(result));
  const comparison = compare(given.sweep, others, given.about);
  return { ...given, comparison, scores: comparison === null || isOfCostsAlone(comparison) ? null : comparison };
}

/** Whether a sweep measures costs and nothing else: a process for every trial, and one learning rate, not searched. */
function isOfCostsAlone(comparison: Comparison): boolean {
  return (
    comparison.results.every(({ measured }) => measured.ownProcess === true) && commonRateText(comparison) !== null
  );
}
