/** Who is more than whom: statements of a strict order, and what follows from several. */
import { sentence } from '../language/english.ts';
import type { Concept } from '../lexicon/concept.ts';
import { names } from '../lexicon/people.ts';
import { type Part, within } from '../part.ts';
import { type Draw, until } from '../random.ts';

/** greater | less | plain: A is taller than B, B is shorter than A, B is not as tall as A. */
export const scales = [
  'taller shorter tall',
  'older younger old',
  'richer poorer rich',
  'faster slower fast',
  'stronger weaker strong',
  'heavier lighter heavy',
  'happier sadder happy',
  'louder quieter loud',
  'braver shyer brave',
  'kinder crueller kind',
].map((line) => {
  const [more, less, plain] = line.split(' ') as [string, string, string];
  return { more, less, plain };
});

/** Alike in logic, said with other words: who came first. */
export const events = ['arrived', 'left', 'finished', 'started', 'spoke', 'ate', 'woke up', 'retired'] as const;

/** Above is more than below, or came before. */
export interface Comparison {
  /** 0 to scales.length - 1, then the events. */
  readonly scale: number;
  readonly above: Concept;
  readonly below: Concept;
}

export const scaleCount = scales.length + events.length;

/** @param way which of three ways (two for events) to say it. */
export function comparisonClause({ scale, above, below }: Comparison, way: number): string {
  const [a, b] = [above.words[0]!, below.words[0]!];
  const words = scales[scale];
  if (!words) {
    const verb = events[scale - scales.length]!;
    return way % 2 === 0 ? `${a} ${verb} before ${b}` : `${b} ${verb} after ${a}`;
  }
  if (way % 3 === 0) return `${a} is ${words.more} than ${b}`;
  return way % 3 === 1 ? `${b} is ${words.less} than ${a}` : `${b} is not as ${words.plain} as ${a}`;
}

export function compared(comparison: Comparison, way: number): string {
  return sentence(comparisonClause(comparison, way));
}

/** Whether the conclusion follows: below can be reached from above by going down. */
export function follows(premises: readonly Comparison[], conclusion: Comparison): boolean {
  const reached = new Set([conclusion.above]);
  for (let grew = true; grew;) {
    const before = reached.size;
    for (const { scale, above, below } of premises) {
      if (scale === conclusion.scale && reached.has(above)) reached.add(below);
    }
    grew = reached.size > before;
  }
  return conclusion.above !== conclusion.below && reached.has(conclusion.below);
}

/** @see Part */
export function comparisonKey({ scale, above, below }: Comparison): string {
  return ['order', String(scale), ...[above.words[0]!, below.words[0]!].sort()].join('|');
}

/** A comparison of the part's content. */
export function comparisonOf(part: Part, draw: Draw): Comparison {
  return until('comparison', () => {
    const [above, below] = draw.sample(names, 2);
    const made = { scale: draw.int(scaleCount), above: above!, below: below! };
    return within(part, comparisonKey(made)) ? made : undefined;
  });
}

/** Two comparisons of the part's content that go on from each other, and what follows from both, of it too. */
export function chainOf(part: Part, draw: Draw): { premises: [Comparison, Comparison]; conclusion: Comparison } {
  return until('chain', () => {
    const first = comparisonOf(part, draw);
    const { scale, above, below: middle } = first;
    // A name at random may do for none: one in 64 does, and then another pair is quicker.
    for (let i = 0; i < 64; i++) {
      const below = draw.pick(names);
      const [second, conclusion] = [
        { scale, above: middle, below },
        { scale, above, below },
      ];
      if (below === above || below === middle) continue;
      if (within(part, comparisonKey(second), comparisonKey(conclusion)))
        return { premises: [first, second], conclusion };
    }
    return undefined;
  });
}
