/**
 * SST-2: is the review for or against? Level 1: opinions of one direction, few negated. Level 2: a negated opinion, or a contrast
 * whose heavier side has the stronger words. Level 3: a contrast of equals, or of a negated and a plain opinion; its
 * twin has the same words in another order and the other label.
 */
import {
  type Opinion,
  realiseReview,
  type Review,
  reviewValue,
  sampleOpinions,
  withDegree,
} from '../reviews/review.ts';
import type { MakeSet, Request, Row } from './rows.ts';

const directions = ['positive', 'negative'] as const;
const strengths = ['mild', 'strong'] as const;
const contrasts = ['but', 'although-first', 'although-last'] as const;

export const sst2: MakeSet = (request) => {
  const reviews = { 1: agreeing, 2: negatedOrUneven, 3: twins }[request.level](request);
  return reviews?.map(row);
};

function row(review: Review): Row {
  return { text: realiseReview(review), pair: null, label: reviewValue(review) > 0 ? '1' : '0' };
}

/** One or two opinions of one direction, for each direction; one in eight is `not good`. */
function agreeing({ plan, draw, part }: Request): Review[] {
  const count = 1 + plan.int(2);
  const negated = count === 1 && plan.chance(1, 4);
  return directions.map((direction) => {
    const opinions = sampleOpinions(
      draw,
      part,
      Array.from({ length: count }, () => direction),
    ).map((opinion) =>
      withDegree(draw, opinion, draw.pick([null, null, 'up', opinion.strength === 'mild' ? 'down' : null])),
    );
    if (negated) return { opinions: [{ ...opinions[0]!, degree: null, negation: 'near' }], join: 'and' };
    return { opinions: opinions as [Opinion, Opinion], join: 'and' };
  });
}

function negatedOrUneven(request: Request): Review[] {
  return request.plan.chance(1, 2) ? negated(request) : uneven(request);
}

/** One opinion, plain or negated: each direction both ways. */
function negated({ plan, draw, part }: Request): Review[] {
  const negation = plan.pick(['near', 'far'] as const);
  const strength = plan.pick(strengths);
  const degree = plan.chance(1, 3) ? 'up' : null;
  return directions.flatMap((direction) => {
    const [opinion] = sampleOpinions(draw, part, [direction], [strength]) as [Opinion];
    const graded = withDegree(draw, opinion, degree);
    return [graded, { ...graded, negation }].map((it): Review => ({ opinions: [it], join: 'and' }));
  });
}

/** A conceded mild opinion against a strong one, for each direction; and for each, two that agree. */
function uneven({ plan, draw, part }: Request): Review[] {
  const join = plan.pick(contrasts);
  return directions.flatMap((direction) => {
    const against = direction === 'positive' ? 'negative' : 'positive';
    const [conceded, meant] = sampleOpinions(draw, part, [against, direction], ['mild', 'strong']) as [
      Opinion,
      Opinion,
    ];
    const weak = withDegree(draw, conceded, draw.chance(1, 2) ? 'down' : null);
    const strong = withDegree(draw, meant, draw.chance(1, 2) ? 'up' : null);
    const opinions = join === 'although-last' ? ([strong, weak] as const) : ([weak, strong] as const);
    const [a, b] = sampleOpinions(draw, part, [against, against]) as [Opinion, Opinion];
    return [
      { opinions, join },
      { opinions: [a, b], join: 'and' },
    ] as Review[];
  });
}

/** Two opinions exchanged around the join, or a negation moved from one to the other. */
function twins({ plan, draw, part }: Request): Review[] | undefined {
  const join = plan.pick(contrasts);
  const strength = plan.pick(strengths);
  const degree = plan.pick([null, null, 'up', strength === 'mild' ? 'down' : null] as const);
  if (plan.chance(1, 2)) {
    const order = draw.chance(1, 2) ? directions : ([directions[1], directions[0]] as const);
    const [a, b] = sampleOpinions(draw, part, order, [strength, strength]).map((it) =>
      withDegree(draw, it, degree),
    ) as [Opinion, Opinion];
    return determined([
      { opinions: [a, b], join },
      { opinions: [b, a], join },
    ]);
  }
  const direction = plan.pick(directions);
  const negation = plan.pick(['near', 'far'] as const);
  const [a, b] = sampleOpinions(draw, part, [direction, direction], [strength, strength]) as [Opinion, Opinion];
  return determined([
    { opinions: [{ ...a, negation }, b], join },
    { opinions: [a, { ...b, negation }], join },
  ]);
}

/** A set whose two labels differ. */
function determined(reviews: Review[]): Review[] | undefined {
  return new Set(reviews.map((review) => reviewValue(review) > 0)).size === 2 ? reviews : undefined;
}
