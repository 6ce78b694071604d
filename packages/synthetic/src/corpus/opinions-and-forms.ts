/** Texts of opinion, texts whose pronouns are taken up again, and the well-formed sentences of the constructions. */
import { distantForms } from '../forms/distant.ts';
import { localForms, neighbourForms } from '../forms/local.ts';
import { wordForms } from '../forms/word-forms.ts';
import { caseKeys, caseSentence, referent, resolved, sampleCase } from '../pronouns/schema.ts';
import {
  opinionValue,
  realiseReview,
  reviewValue,
  sampleOpinions,
  type Opinion,
  withDegree,
} from '../reviews/review.ts';
import type { MakeDiscourse } from './discourse.ts';

/** One to three opinions of one mind; what speaks against them is conceded or denied. */
export const reviewed: MakeDiscourse = (draw, part) => {
  const positive = draw.chance(1, 2);
  const [with_, against] = positive ? (['positive', 'negative'] as const) : (['negative', 'positive'] as const);
  const directions = Array.from({ length: 3 }, () => (draw.chance(3, 4) ? with_ : against));
  const [a, b, c] = sampleOpinions(draw, part, directions).map((opinion): Opinion => {
    const degree = draw.chance(1, 3) ? (draw.chance(1, 2) ? 'up' : 'down') : null;
    const fitting = opinion.strength === 'strong' && degree === 'down' ? null : degree;
    const negation = opinion.direction === with_ || fitting ? 'none' : draw.chance(1, 2) ? 'near' : 'far';
    return { ...withDegree(draw, opinion, fitting), negation };
  }) as [Opinion, Opinion, Opinion];
  const sign = positive ? 1 : -1;
  const pair = {
    opinions: [a, b] as const,
    join: draw.pick(['and', 'but', 'although-first', 'although-last'] as const),
  };
  const agree = opinionValue(a) * opinionValue(b) > 0;
  if (agree !== (pair.join === 'and') || reviewValue(pair) * sign <= 0) return undefined;
  const last = { opinions: [c] as const, join: 'and' as const };
  const three = opinionValue(c) * sign > 0 && draw.chance(1, 2);
  return {
    keys: [],
    say: () => [realiseReview(pair), ...(three ? [realiseReview(last)] : [])],
  };
};

/** A sentence with a pronoun, and what it means. */
export const pronounTaken: MakeDiscourse = (draw) => {
  const it = sampleCase(draw, draw.pick(['same', 'different'] as const));
  if (!it) return undefined;
  const property = draw.chance(1, 2) ? 0 : 1;
  const link = draw.pick(['because', 'although'] as const);
  const meant = it.candidates[referent(property, link)];
  const said = caseSentence(it, property, link);
  return { keys: caseKeys(it), say: () => (draw.chance(3, 4) ? [said, resolved(it, meant, property)] : [said]) };
};

const constructions = [...wordForms, ...neighbourForms, ...localForms, ...distantForms];

/** One acceptable sentence of a construction. */
export const constructed: MakeDiscourse = (draw) => {
  const { sentences, keys } = draw.pick(constructions)(draw);
  const good = sentences.filter(({ acceptable }) => acceptable);
  return { keys, say: () => [draw.pick(good).text] };
};
