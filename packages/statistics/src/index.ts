export { average, summarize, type Summary } from './summary.ts';
export { lowerMedian, median } from './median.ts';
export { DRAWS, MOST_SIGN_FLIPS, signFlipTest, smallestSignFlipP } from './sign-flip.ts';
export { holm } from './holm.ts';
export { bcaInterval } from './bca.ts';
export { EQUIVALENCE_MARGIN, equivalenceTest } from './equivalence.ts';
export { equivalencePower, seedsForEquivalence } from './equivalence-power.ts';
export {
  detectableDifference,
  holmWorstLevel,
  intervalHalfWidth,
  MOST_SEEDS,
  pairedTPower,
  seedsForHalfWidth,
  seedsForPower,
  type Effect,
} from './power.ts';
