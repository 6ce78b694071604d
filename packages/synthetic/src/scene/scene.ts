/**
 * A scene: one event, with who, what, where and when. A sentence says some of it; what it does not say is left open,
 * so a scene with gaps means a set of events. Two sentences of an example speak of the same occasion: if one says that
 * Anna sold the car and the other that Tom did, at most one is true. That is the convention of SNLI and MNLI too.
 */
import { type Concept, compare } from '../lexicon/concept.ts';
import type { Predicate } from '../lexicon/verbs.ts';

export interface Scene {
  readonly predicate: Predicate;
  readonly agent: Concept;
  readonly other: Concept | null;
  readonly theme: Concept | null;
  /** What the theme is like. */
  readonly quality: Concept | null;
  readonly place: Concept | null;
  readonly time: Concept | null;
}

/** What may be open. */
export const optionalSlots = ['quality', 'place', 'time'] as const;
export type OptionalSlot = (typeof optionalSlots)[number];

/** The roles of a predicate alike for both people are in a fixed order: exchanging them is no change. */
export function canonical(scene: Scene): Scene {
  if (scene.predicate.frame !== 'mutual' || scene.other!.words[0]! >= scene.agent.words[0]!) return scene;
  return { ...scene, agent: scene.other!, other: scene.agent };
}

/**
 * How the events that two scenes allow lie to each other. `narrower`: every event of a is one of b; `wider`: the
 * reverse; `equal`: both; `disjoint`: no event is both; `independent`: none of these.
 */
export function compareScenes(a: Scene, b: Scene): ReturnType<typeof compare> {
  const verbs = compare(a.predicate.meaning, b.predicate.meaning);
  if (verbs === 'independent') return 'independent';
  const [left, right] = [canonical(a), canonical(b)];
  const slots = [
    verbs,
    ...(['agent', 'other', 'theme', ...optionalSlots] as const).map((slot) => compareSlots(left[slot], right[slot])),
  ];
  if (slots.includes('disjoint')) return 'disjoint';
  const narrower = slots.every((relation) => relation === 'equal' || relation === 'narrower');
  const wider = slots.every((relation) => relation === 'equal' || relation === 'wider');
  if (narrower) return wider ? 'equal' : 'narrower';
  return wider ? 'wider' : 'independent';
}

/** As `compare`; what is open is wider than what is said. */
function compareSlots(a: Concept | null, b: Concept | null): ReturnType<typeof compare> {
  if (a === b) return 'equal';
  if (a === null) return 'wider';
  return b === null ? 'narrower' : compare(a, b);
}

/** A scene said to have happened, or not to have. */
export interface Claim {
  readonly scene: Scene;
  readonly negated: boolean;
}

export type Inference = 'entailment' | 'neutral' | 'contradiction';

/** What a premise says of a hypothesis: inclusion and exclusion of the events that each allows. */
export function infer(premise: Claim, hypothesis: Claim): Inference {
  const relation = compareScenes(premise.scene, hypothesis.scene);
  const narrower = relation === 'equal' || relation === 'narrower';
  const wider = relation === 'equal' || relation === 'wider';
  if (!premise.negated && !hypothesis.negated) {
    if (narrower) return 'entailment';
    return relation === 'disjoint' ? 'contradiction' : 'neutral';
  }
  if (!premise.negated) {
    if (narrower) return 'contradiction';
    return relation === 'disjoint' ? 'entailment' : 'neutral';
  }
  if (!hypothesis.negated) return wider ? 'contradiction' : 'neutral';
  return wider ? 'entailment' : 'neutral';
}

/** Who and what the scene is about, without wording, order of people or detail. @see Part */
export function sceneKey({ predicate, agent, other, theme }: Scene): string {
  const [one, two] = [agent.root.words[0]!, other?.root.words[0]];
  const people = two === undefined ? one : one < two ? `${one}|${two}` : `${two}|${one}`;
  return `${predicate.meaning.field}|${people}|${theme?.root.words[0] ?? ''}`;
}
