/**
 * Opinions with a value. A mild word is worth 8, a strong one 16, with the sign of its direction; an intensifier
 * doubles that, a diminisher halves it, a negation turns it round at half its size. Of two opinions joined by `and`
 * the values add up; in a contrast the conceded one (before `but`, after `although`) counts a quarter. The sign of the
 * whole is the sentiment.
 */
import { sentence } from '../language/english.ts';
import { type Part, within } from '../part.ts';
import { type Draw, until } from '../random.ts';
import { aspects, diminishers, intensifiers, judgements } from './lexicon.ts';

export interface Opinion {
  readonly aspect: string;
  readonly direction: 'positive' | 'negative';
  readonly strength: 'mild' | 'strong';
  readonly word: string;
  readonly degree: { readonly kind: 'up' | 'down'; readonly word: string } | null;
  readonly negation: 'none' | 'near' | 'far';
}

/** `concede-first`: A but B, or although A, B. `concede-last`: A although B. */
export type Join = 'and' | 'but' | 'although-first' | 'although-last';

export interface Review {
  readonly opinions: readonly [Opinion] | readonly [Opinion, Opinion];
  readonly join: Join;
}

export function opinionValue({ direction, strength, degree, negation }: Opinion): number {
  const size = (strength === 'strong' ? 16 : 8) * (degree === null ? 2 : degree.kind === 'up' ? 4 : 1);
  const value = direction === 'positive' ? size : -size;
  return negation === 'none' ? value * 4 : value * -2;
}

/** In units of 1/8: whole numbers throughout. */
export function reviewValue({ opinions: [first, second], join }: Review): number {
  const a = opinionValue(first);
  if (!second) return a;
  const b = opinionValue(second);
  if (join === 'and') return a + b;
  return join === 'although-last' ? a + b / 4 : a / 4 + b;
}

const domains = Object.keys(aspects);

/** Opinions of the part's content about one subject, of different aspects, without degree and negation. */
export function sampleOpinions(
  draw: Draw,
  part: Part,
  directions: readonly Opinion['direction'][],
  strengths?: readonly Opinion['strength'][],
): Opinion[] {
  const all = aspects[draw.pick(domains)]!;
  const made: Opinion[] = [];
  directions.forEach((direction, i) => {
    made.push(
      until('opinion', () => {
        const strength = strengths?.[i] ?? draw.pick(['mild', 'strong'] as const);
        const [aspect, word] = [draw.pick(all), draw.pick(judgements[direction][strength])];
        const opinion: Opinion = { aspect, direction, strength, word, degree: null, negation: 'none' };
        if (made.some((other) => other.aspect === aspect)) return undefined;
        return within(part, opinionKey(opinion)) ? opinion : undefined;
      }),
    );
  });
  return made;
}

/** The same opinion with a degree word, or without one. */
export function withDegree(draw: Draw, opinion: Opinion, kind: 'up' | 'down' | null): Opinion {
  return { ...opinion, degree: kind && { kind, word: draw.pick(kind === 'up' ? intensifiers : diminishers) } };
}

function opinionClause({ aspect, degree, word, negation }: Opinion): string {
  const judgement = degree ? `${degree.word} ${word}` : word;
  if (negation === 'far') return `nobody could say that the ${aspect} was ${judgement}`;
  return `the ${aspect} was ${negation === 'near' ? 'not ' : ''}${judgement}`;
}

export function reviewClause({ opinions: [first, second], join }: Review): string {
  const a = opinionClause(first);
  if (!second) return a;
  const b = opinionClause(second);
  switch (join) {
    case 'and':
      return `${a} and ${b}`;
    case 'but':
      return `${a}, but ${b}`;
    case 'although-first':
      return `although ${a}, ${b}`;
    case 'although-last':
      return `${a}, although ${b}`;
  }
}

export function realiseReview(review: Review): string {
  return sentence(reviewClause(review));
}

/** @see Part */
function opinionKey({ aspect, word }: Opinion): string {
  return ['review', aspect, word].join('|');
}
