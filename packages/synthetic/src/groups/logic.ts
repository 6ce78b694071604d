/**
 * What one quantified sentence says of another, by looking at every world. A world says of each type of individual
 * (is it in the premise's group? in the hypothesis's? does it do what each says?) how many there are, up to the number
 * from which neither quantifier can tell more: 1 for every, some and no, 3 for at least three. The premise entails the hypothesis if it is true in every world in which the
 * premise is; it contradicts it if it is false in all of them. Groups are never empty: `every painter sings` says that
 * there are painters.
 */
import type { Inference } from '../scene/scene.ts';

export const quantifiers = [
  'every',
  'some',
  'no',
  'not every',
  'at least two',
  'at least three',
  'at most one',
  'at most two',
] as const;
export type Quantifier = (typeof quantifiers)[number];

/** How two sets lie: the premise's within the hypothesis's (`narrower`), and so on; `independent`: nothing is known. */
export type SetRelation = 'equal' | 'narrower' | 'wider' | 'disjoint' | 'independent';

/** Quantifier and whether the predicate is denied (`some painters do not own a dog`). */
export interface Form {
  readonly quantifier: Quantifier;
  readonly denied: boolean;
}

/** The count from which a quantifier cannot tell more. */
function mostOf(quantifier: Quantifier): number {
  if (quantifier === 'at least three' || quantifier === 'at most two') return 3;
  return quantifier === 'at least two' || quantifier === 'at most one' ? 2 : 1;
}

/** Whether Q of the `total` members do it, when `doing` of them do. */
export function holds(quantifier: Quantifier, doing: number, total: number): boolean {
  switch (quantifier) {
    case 'every':
      return doing === total;
    case 'some':
      return doing > 0;
    case 'no':
      return doing === 0;
    case 'not every':
      return doing < total;
    case 'at least two':
      return doing >= 2;
    case 'at least three':
      return doing >= 3;
    case 'at most one':
      return doing <= 1;
    case 'at most two':
      return doing <= 2;
  }
}

const cache = new Map<string, Inference>();

/** The inference from a premise to a hypothesis whose groups and whose predicates lie like that. */
export function inferGroups(premise: Form, hypothesis: Form, groups: SetRelation, doing: SetRelation): Inference {
  const key = [premise.quantifier, premise.denied, hypothesis.quantifier, hypothesis.denied, groups, doing].join('|');
  const known = cache.get(key);
  if (known) return known;
  let [canBeTrue, canBeFalse] = [false, false];
  const most = Math.max(mostOf(premise.quantifier), mostOf(hypothesis.quantifier));
  for (const world of worlds(groups, doing, most)) {
    if (!isTrue(premise, world.premise) || world.hypothesis.total === 0) continue;
    if (isTrue(hypothesis, world.hypothesis)) canBeTrue = true;
    else canBeFalse = true;
    if (canBeTrue && canBeFalse) break;
  }
  const inference = !canBeFalse ? 'entailment' : canBeTrue ? 'neutral' : 'contradiction';
  cache.set(key, inference);
  return inference;
}

/** One group as a sentence sees it. */
interface Count {
  doing: number;
  total: number;
}

function isTrue({ quantifier, denied }: Form, { doing, total }: Count): boolean {
  return total > 0 && holds(quantifier, denied ? total - doing : doing, total);
}

/** Membership in the premise's and the hypothesis's set. */
type Pair = readonly [boolean, boolean];

function pairs(relation: SetRelation): Pair[] {
  const possible: Readonly<Record<SetRelation, readonly string[]>> = {
    equal: ['11', '00'],
    narrower: ['11', '01', '00'],
    wider: ['11', '10', '00'],
    disjoint: ['10', '01', '00'],
    independent: ['11', '10', '01', '00'],
  };
  return possible[relation].map((bits) => [bits[0] === '1', bits[1] === '1']);
}

/** Every world: each type of individual 0 to `most` times. Who is in neither group matters to neither sentence. */
function* worlds(
  groups: SetRelation,
  doing: SetRelation,
  most: number,
): Generator<{ premise: Count; hypothesis: Count }> {
  const types = pairs(groups)
    .filter(([inPremise, inHypothesis]) => inPremise || inHypothesis)
    .flatMap((member) => pairs(doing).map((does) => ({ member, does })));
  const counts = types.map(() => 0);
  for (;;) {
    const seen = [0, 1].map((side) => {
      const count: Count = { doing: 0, total: 0 };
      types.forEach(({ member, does }, i) => {
        if (!member[side]) return;
        count.total += counts[i]!;
        if (does[side]) count.doing += counts[i]!;
      });
      return count;
    });
    yield { premise: seen[0]!, hypothesis: seen[1]! };
    const next = counts.findIndex((count) => count < most);
    if (next < 0) return;
    counts[next]!++;
    counts.fill(0, 0, next);
  }
}
