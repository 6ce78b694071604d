/**
 * STS-B: how alike are the events of two sentences, 0 to 5? Level 1: none to all slots differ, the wording hardly.
 * Level 2: the same, but synonyms, passives, converse verbs and wider words change the wording.
 * Level 3: in half of the pairs the people exchange their roles, which changes the event and no word; little else differs.
 */
import { within } from '../part.ts';
import type { Frame } from '../lexicon/verbs.ts';
import type { Draw } from '../random.ts';
import { changeable, exchange, replace, sampleScene, type Slot, weightedFrames } from '../scene/sample.ts';
import { type OptionalSlot, optionalSlots, type Scene, sceneKey } from '../scene/scene.ts';
import { similarity } from '../scene/similarity.ts';
import { type Level, type MakeSet } from './rows.ts';
import { fullScene, say, styles } from './scenes.ts';

export const stsb: MakeSet = ({ plan, draw, part, level }) => {
  const variation = planVariation(plan, level);
  const [first, second] = varied(draw, fullScene(part, draw, variation.frame), variation);
  if (!first || !second || !within(part, sceneKey(second))) return undefined;
  const [style, partner] = styles(draw, first, level === 1 ? 'same' : 'other');
  const [text, pair] = [say(first, style), say(second, partner)];
  return [{ text, pair, label: cell(similarity(first, second)) }];
};

/** What the two scenes make of one. */
interface Variation {
  readonly frame: Frame;
  /** Slots of which the second scene has another value. */
  readonly replaced: readonly Slot[];
  readonly exchanged: boolean;
  /**
   * A slot that a scene leaves open, and whether a scene says a wider word. Each scene tosses its own coin, so that
   * what one sentence alone leaves open, or says in wide words, tells nothing about the score.
   */
  readonly open: readonly (OptionalSlot | null)[];
  readonly widened: readonly boolean[];
}

function planVariation(plan: Draw, level: Level): Variation {
  const frame = plan.pick(level === 3 ? (['transfer', 'contact'] as const) : weightedFrames);
  const slots: readonly Slot[] = ['predicate', ...changeable[frame].filter((slot) => slot !== 'predicate')];
  const open = plan.pick(optionalSlots);
  const replaced = plan.sample(
    slots.filter((slot) => slot !== open),
    plan.int(level === 3 ? 2 : slots.length),
  );
  const coins = (numerator: number): boolean[] => [plan.chance(numerator, 2), plan.chance(numerator, 2)];
  return {
    frame,
    replaced,
    exchanged: level === 3 && plan.chance(1, 2),
    open: coins(1).map((isOpen) => (isOpen ? open : null)),
    widened: coins(level > 1 ? 1 : 0),
  };
}

function varied(draw: Draw, scene: Scene, { replaced, exchanged, open, widened }: Variation): (Scene | null)[] {
  let other: Scene | null = exchanged ? exchange(scene) : scene;
  for (const slot of replaced) {
    other = other && (slot === 'predicate' ? otherPredicate(draw, other) : replace(draw, other, slot));
  }
  const wide = draw.pick(['agent', 'other', 'theme', 'place', 'time'] as const);
  return [scene, other].map((made, i) => {
    const upper = made?.[wide]?.parent;
    const lifted = made && upper && widened[i] ? { ...made, [wide]: upper } : made;
    return lifted && open[i] ? { ...lifted, [open[i]!]: null } : lifted;
  });
}

/** Any other predicate of the frame, done to the same thing; null if it cannot be. */
function otherPredicate(draw: Draw, scene: Scene): Scene | null {
  const { predicate } = sampleScene(draw, undefined, [scene.predicate.frame]);
  const root = scene.theme?.root.words[0];
  const fits = root === undefined || predicate.themes[0] === 'any' || predicate.themes.includes(root);
  return fits && scene.theme?.field !== 'subject' && predicate !== scene.predicate ? { ...scene, predicate } : null;
}

/** Hundredths as a number with two digits. */
function cell(hundredths: number): string {
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}
