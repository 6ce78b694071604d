/**
 * Which premises a hypothesis is paired with, and how often, so that no part of either says anything about the label.
 *
 * If a premise entails a hypothesis, it contradicts the hypothesis's negation. So each entailing pair has a
 * contradicting one, with the same premise and as frequent. No word of a quantifier is in both sentences: a premise and
 * a hypothesis that both say `not` would tend to agree. Entailing and neutral pairs are weighted
 * until their premises have each quantifier, and each step from the hypothesis's group and thing, equally often.
 */
import type { Draw } from '../random.ts';
import type { Inference } from '../scene/scene.ts';
import { type Form, inferGroups, type Quantifier, quantifiers, type SetRelation } from './logic.ts';
import { sayingsOf } from './statement.ts';

export const labels: readonly Inference[] = ['entailment', 'neutral', 'contradiction'];

/** -1 is narrower, 1 wider. */
const nesting = [-1, 0, 1] as const;
export type Nesting = (typeof nesting)[number];

/** A premise, seen from its hypothesis. */
export interface PremiseShape {
  readonly quantifier: Quantifier;
  readonly group: Nesting;
  readonly thing: Nesting;
}

/** Premises have numbers too, which entail no other number in other words. */
export const hypothesisQuantifiers = ['every', 'some', 'no', 'not every'] as const;
export type HypothesisQuantifier = (typeof hypothesisQuantifiers)[number];

const negations: Readonly<Record<HypothesisQuantifier, HypothesisQuantifier>> = {
  every: 'not every',
  'not every': 'every',
  some: 'no',
  no: 'some',
};

/** Whether, however the hypothesis is said, the premise can be said without a word of it. */
function canBeApart(premise: Quantifier, hypothesis: Quantifier): boolean {
  return sayingsOf({ quantifier: hypothesis }).every((saying) => sayingsOf({ quantifier: premise }, saying).length > 0);
}

/** How the premise's set lies to the hypothesis's. */
export function setRelation(step: Nesting): SetRelation {
  return step === 0 ? 'equal' : step < 0 ? 'narrower' : 'wider';
}

interface Pair extends PremiseShape {
  readonly hypothesis: HypothesisQuantifier;
}

function pairsOf(label: Inference): Pair[] {
  const all = hypothesisQuantifiers.flatMap((hypothesis) =>
    quantifiers.flatMap((quantifier) =>
      nesting.flatMap((group) => nesting.map((thing): Pair => ({ hypothesis, quantifier, group, thing }))),
    ),
  );
  return all.filter(({ hypothesis, quantifier, group, thing }) => {
    if (![hypothesis, negations[hypothesis]].every((it) => canBeApart(quantifier, it))) return false;
    const [premise, other] = [quantifier, hypothesis].map((it): Form => ({ quantifier: it, denied: false }));
    return inferGroups(premise!, other!, setRelation(group), setRelation(thing)) === label;
  });
}

/** What is made equally frequent among entailing and neutral pairs; hypotheses last, so that they come out exact. */
const properties: readonly ((pair: Pair) => string)[] = [
  ({ quantifier }) => quantifier,
  ({ group, thing }) => `${group} ${thing}`,
  ({ hypothesis }) => hypothesis,
];
const ROUNDS = 400;

/**
 * Iterative proportional fitting: in turn, each property's frequencies in every set of pairs are scaled to their mean
 * over the sets. Sums, products and quotients only, which IEEE 754 fixes to the last bit.
 */
function fitted(sets: readonly (readonly Pair[])[]): number[][] {
  const weights = sets.map((pairs) => pairs.map(() => 1 / pairs.length));
  const names = properties.map((property) => sets.map((pairs) => pairs.map(property)));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, byset] of names.entries()) {
      const own = byset.map((list, set) => shares(list, weights[set]!));
      byset.forEach((list, set) =>
        list.forEach((name, i) => {
          const even = 1 / hypothesisQuantifiers.length;
          const mean = own.reduce((sum, share) => sum + (share.get(name) ?? 0), 0) / sets.length;
          const sum = own[set]!.get(name)!;
          weights[set]![i]! *= sum > 0 ? (at === properties.length - 1 ? even : mean) / sum : 0;
        }),
      );
    }
  }
  return weights;
}

/** The sum of weights by name. */
function shares(names: readonly string[], weights: readonly number[]): Map<string, number> {
  const sums = new Map<string, number>();
  names.forEach((name, i) => sums.set(name, (sums.get(name) ?? 0) + weights[i]!));
  return sums;
}

type Urn = readonly { readonly shape: PremiseShape; readonly upTo: number }[];
let urns: Map<string, Urn> | undefined;

/** A premise's shape for a hypothesis and label. */
export function pickPremise(draw: Draw, hypothesis: HypothesisQuantifier, label: Inference): PremiseShape {
  urns ??= fillUrns();
  const urn = urns.get(
    label === 'neutral' ? `neutral ${hypothesis}` : label === 'entailment' ? hypothesis : negations[hypothesis],
  )!;
  const at = draw.int(urn.at(-1)!.upTo);
  return urn.find(({ upTo }) => at < upTo)!.shape;
}

/** For a hypothesis, what entails it; for `neutral` and a hypothesis, what is neutral. */
function fillUrns(): Map<string, Urn> {
  const [entailing, neutral] = [pairsOf('entailment'), pairsOf('neutral')];
  const [even, also] = fitted([entailing, neutral]) as [number[], number[]];
  return new Map([...byHypothesis('', entailing, even), ...byHypothesis('neutral ', neutral, also)]);
}

function byHypothesis(prefix: string, pairs: readonly Pair[], weights: readonly number[]): [string, Urn][] {
  return hypothesisQuantifiers.map((hypothesis) => {
    let upTo = 0;
    const urn = pairs.flatMap((shape, i) => {
      if (shape.hypothesis !== hypothesis) return [];
      upTo += Math.floor(weights[i]! * 1_000_000);
      return [{ shape, upTo }];
    });
    return [prefix + hypothesis, urn];
  });
}
