/**
 * How many tokens of a pair of sequences are kept so that together they have at most `budget`: from the longer one
 * first, as HF tokenizers' strategy `longest_first` does. Of an odd budget that cuts both, the longer one keeps one more
 * (the second, where they are equally long).
 */
export function longestFirst(first: number, second: number, budget: number): [first: number, second: number] {
  if (first + second <= budget) return [first, second];
  const shorter = Math.min(first, second);
  const half = Math.floor(budget / 2);
  const [keptShorter, keptLonger] = shorter <= half ? [shorter, budget - shorter] : [half, budget - half];
  return first > second ? [keptLonger, keptShorter] : [keptShorter, keptLonger];
}
