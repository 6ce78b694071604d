/** The labels' sources: each evaluator against cases decided by hand. */
import { describe, expect, test } from '@jest/globals';
import { type Form, inferGroups, type Quantifier, type SetRelation } from './groups/logic.ts';
import { cities, times } from './lexicon/circumstances.ts';
import { compare, type Concept, leaves } from './lexicon/concept.ts';
import { menNames, womenNames } from './lexicon/people.ts';
import { things } from './lexicon/things.ts';
import { predicates } from './lexicon/verbs.ts';
import { follows } from './order/comparison.ts';
import { ruleEntails } from './order/rule.ts';
import { referent } from './pronouns/schema.ts';
import { type Opinion, reviewValue } from './reviews/review.ts';
import { answers } from './scene/question.ts';
import { plain, realise } from './scene/realise.ts';
import { infer, type Scene } from './scene/scene.ts';
import { similarity } from './scene/similarity.ts';

const [anna, maria] = womenNames as [Concept, Concept];
const [adam] = menNames as [Concept];
const leaf = (word: string): Concept => things.flatMap(leaves).find(({ words }) => words[0] === word)!;
const verb = (word: string) => predicates.find(({ verbs: [first] }) => first!.base === word)!;
const sold: Scene = {
  predicate: verb('sell'),
  agent: anna,
  other: adam,
  theme: leaf('poodle'),
  quality: null,
  place: cities[0]!,
  time: null,
};

describe('scenes', () => {
  const said = (scene: Scene) => ({ scene, negated: false });
  const denied = (scene: Scene) => ({ scene, negated: true });
  const dog = { ...sold, theme: leaf('poodle').parent };

  test('are said in several ways', () => {
    expect(realise(said(sold), plain)).toBe('Anna sold the poodle to Adam in Paris.');
    expect(realise(said(sold), { ...plain, voice: 'exchanged', synonym: 1 })).toBe(
      'Adam purchased the poodle from Anna in Paris.',
    );
    expect(realise(denied(dog), { ...plain, voice: 'passive', definite: false })).toBe(
      'A dog was not sold to Adam by Anna in Paris.',
    );
  });

  test('imply what is wider, exclude what is other, and denial turns that round', () => {
    expect(infer(said(sold), said(dog))).toBe('entailment');
    expect(infer(said(dog), said(sold))).toBe('neutral');
    expect(infer(denied(dog), denied(sold))).toBe('entailment');
    expect(infer(denied(sold), denied(dog))).toBe('neutral');
    expect(infer(said(sold), denied(dog))).toBe('contradiction');
    expect(infer(said(sold), said({ ...sold, agent: maria }))).toBe('contradiction');
    expect(infer(said(sold), denied({ ...sold, agent: maria }))).toBe('entailment');
    expect(infer(said(sold), said({ ...sold, time: times[0]! }))).toBe('neutral');
    expect(infer(said(sold), said({ ...sold, agent: adam, other: anna }))).toBe('contradiction');
    expect(infer(said(sold), said({ ...sold, predicate: verb('give') }))).toBe('neutral');
  });

  test('of people alike do not change when they are exchanged', () => {
    const met: Scene = { ...sold, predicate: verb('meet'), theme: null };
    expect(infer(said(met), said({ ...met, agent: adam, other: anna }))).toBe('entailment');
    expect(similarity(met, { ...met, agent: adam, other: anna })).toBe(500);
  });

  test('are alike by the weighted share of what they have in common', () => {
    expect(similarity(sold, sold)).toBe(500);
    // Weights 6 + 4 + 4 + 4 + 3 = 21; a kind instead of a thing is worth three quarters of 4.
    expect(similarity(sold, dog)).toBe(Math.floor((500 * 20) / 21));
    expect(similarity(sold, { ...sold, agent: adam, other: anna })).toBe(Math.floor((500 * 13) / 21));
  });

  test('answer a question about them that they say the answer to', () => {
    expect(answers(sold, { scene: dog, asked: 'place' })).toBe(true);
    expect(answers(sold, { scene: sold, asked: 'time' })).toBe(false);
    expect(answers(sold, { scene: { ...sold, agent: adam, other: anna }, asked: 'place' })).toBe(false);
    expect(answers(sold, { scene: { ...sold, agent: maria }, asked: 'agent' })).toBe(true);
  });
});

test('concepts compare by their tree', () => {
  const poodle = leaf('poodle');
  expect(compare(poodle, poodle.root)).toBe('narrower');
  expect(compare(poodle.root, poodle)).toBe('wider');
  expect(compare(poodle, leaf('beagle'))).toBe('disjoint');
  expect(compare(poodle, anna)).toBe('independent');
});

describe('quantifiers', () => {
  const form = (quantifier: Quantifier, denied = false): Form => ({ quantifier, denied });
  test.each<[Form, Form, SetRelation, SetRelation, string]>([
    // The premise's group or thing lies so to the hypothesis's.
    [form('every'), form('every'), 'wider', 'narrower', 'entailment'],
    [form('every'), form('every'), 'narrower', 'narrower', 'neutral'],
    [form('some'), form('some'), 'narrower', 'narrower', 'entailment'],
    [form('some'), form('some'), 'wider', 'narrower', 'neutral'],
    [form('no'), form('no'), 'wider', 'wider', 'entailment'],
    [form('no'), form('no'), 'wider', 'narrower', 'neutral'],
    [form('not every'), form('not every'), 'narrower', 'wider', 'entailment'],
    [form('every'), form('some'), 'equal', 'equal', 'entailment'],
    [form('every'), form('no'), 'equal', 'narrower', 'contradiction'],
    [form('no'), form('some'), 'wider', 'wider', 'contradiction'],
    [form('some', true), form('not every'), 'equal', 'equal', 'entailment'],
    [form('some', true), form('every'), 'equal', 'equal', 'contradiction'],
    [form('at least three'), form('at least two'), 'narrower', 'narrower', 'entailment'],
    [form('at least two'), form('at least three'), 'equal', 'equal', 'neutral'],
    [form('at least two'), form('at most one'), 'equal', 'equal', 'contradiction'],
    [form('at most one'), form('at most two'), 'wider', 'wider', 'entailment'],
    [form('every'), form('every'), 'disjoint', 'equal', 'neutral'],
  ])('%j, %j, group %s, thing %s: %s', (premise, hypothesis, groups, doing, expected) => {
    expect(inferGroups(premise, hypothesis, groups, doing)).toBe(expected);
  });
});

test('an order is transitive and strict', () => {
  const [a, b, c] = [anna, maria, adam].map((person) => person) as [Concept, Concept, Concept];
  const premises = [
    { scale: 0, above: a, below: b },
    { scale: 0, above: b, below: c },
  ];
  expect(follows(premises, { scale: 0, above: a, below: c })).toBe(true);
  expect(follows(premises, { scale: 0, above: c, below: a })).toBe(false);
  expect(follows(premises, { scale: 1, above: a, below: c })).toBe(false);
});

test('rules: modus ponens and tollens hold, their converses do not', () => {
  expect(ruleEntails({ rule: 'x-y', doesX: true }, true)).toBe(true);
  expect(ruleEntails({ rule: 'y-x', doesX: false }, false)).toBe(true);
  expect(ruleEntails({ rule: 'no', doesX: true }, false)).toBe(true);
  expect(ruleEntails({ rule: 'y-x', doesX: true }, true)).toBe(false);
  expect(ruleEntails({ rule: 'x-y', doesX: false }, false)).toBe(false);
  expect(ruleEntails({ rule: 'no', doesX: false }, true)).toBe(false);
});

test('although turns round whom a pronoun means', () => {
  expect([referent(0, 'because'), referent(1, 'because'), referent(0, 'although'), referent(1, 'although')]).toEqual([
    0, 1, 1, 0,
  ]);
});

test('reviews: what is not conceded decides, unless it is much weaker', () => {
  const opinion = (direction: Opinion['direction'], change: Partial<Opinion> = {}): Opinion => ({
    ...{ aspect: 'plot', direction, strength: 'mild', word: 'x', degree: null, negation: 'none' },
    ...change,
  });
  const [good, bad] = [opinion('positive'), opinion('negative')];
  expect(reviewValue({ opinions: [good], join: 'and' })).toBe(64);
  expect(reviewValue({ opinions: [{ ...good, negation: 'near' }], join: 'and' })).toBe(-32);
  expect(reviewValue({ opinions: [good, bad], join: 'but' })).toBeLessThan(0);
  expect(reviewValue({ opinions: [good, bad], join: 'although-last' })).toBeGreaterThan(0);
  const awful = opinion('negative', { strength: 'strong', degree: { kind: 'up', word: 'truly' } });
  const meh = opinion('positive', { degree: { kind: 'down', word: 'slightly' } });
  expect(reviewValue({ opinions: [awful, meh], join: 'but' })).toBeLessThan(0);
});
