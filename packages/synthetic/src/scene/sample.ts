/** Scenes drawn from the lexicon, and scenes one change away from another. */
import { places, times } from '../lexicon/circumstances.ts';
import { compare, type Concept, leaves } from '../lexicon/concept.ts';
import { jobs, names } from '../lexicon/people.ts';
import { qualitiesOf } from '../lexicon/qualities.ts';
import { subjects, things } from '../lexicon/things.ts';
import { type Frame, oppositesOf, type Predicate, predicates } from '../lexicon/verbs.ts';
import { type Part, within } from '../part.ts';
import { type Draw, until } from '../random.ts';
import { type OptionalSlot, type Scene, sceneKey } from './scene.ts';

/** What scenes are about. */
export interface Topic {
  readonly things: readonly Concept[];
  readonly jobs: readonly Concept[];
}

export const everything: Topic = { things, jobs };

export function sampleScene(draw: Draw, topic: Topic = everything, frames?: readonly Frame[]): Scene {
  const frame = draw.pick(frames ?? weightedFrames);
  const predicate = draw.pick(byFrame.get(frame)!);
  const [agent, other] = [person(draw, topic), person(draw, topic)];
  if (agent.root === other.root) return sampleScene(draw, topic, frames);
  const theme = frame === 'transfer' || frame === 'handling' ? sampleTheme(draw, predicate, topic) : null;
  if (theme === undefined) return sampleScene(draw, topic, frames); // A topic without animals cannot feed them.
  return {
    predicate,
    agent,
    other: frame === 'handling' ? null : other,
    theme,
    quality: theme && draw.chance(1, 2) ? sampleQuality(draw, theme) : null,
    place: draw.chance(1, 2) ? draw.pick(places) : null,
    time: draw.chance(1, 2) ? draw.pick(times) : null,
  };
}

/** A scene of the part's content. */
export function sceneOf(part: Part, draw: Draw, topic: Topic = everything, frames?: readonly Frame[]): Scene {
  return until('scene', () => {
    const scene = sampleScene(draw, topic, frames);
    return within(part, sceneKey(scene)) ? scene : undefined;
  });
}

/** The scene with these circumstances said, whatever it said before. */
export function fill(draw: Draw, scene: Scene, slots: readonly OptionalSlot[]): Scene {
  const filled = { ...scene };
  for (const slot of slots) {
    if (slot === 'quality') filled.quality ??= scene.theme && sampleQuality(draw, scene.theme);
    else filled[slot] ??= draw.pick(slot === 'place' ? places : times);
  }
  return filled;
}

/** A scene that excludes this one: one slot's value changed for another of its kind; null if the slot says nothing. */
export function replace(draw: Draw, scene: Scene, slot: Slot, topic: Topic = everything): Scene | null {
  switch (slot) {
    case 'predicate': {
      const opposites = oppositesOf(scene.predicate);
      return opposites.length > 0 ? { ...scene, predicate: draw.pick(opposites) } : null;
    }
    case 'agent':
    case 'other': {
      if (!scene[slot]) return null;
      const made = { ...scene, [slot]: person(draw, topic) };
      const fresh = made[slot]!.root;
      return scene.agent.root !== fresh && scene.other?.root !== fresh ? made : null;
    }
    case 'theme': {
      if (!scene.theme) return null;
      const all = scene.theme.field === 'subject' ? subjects : leaves(scene.theme.root);
      const options = all.filter((node) => compare(node, scene.theme!) === 'disjoint');
      return options.length > 0 ? { ...scene, theme: draw.pick(options) } : null;
    }
    case 'quality': {
      const field = scene.quality?.field;
      const all = scene.theme && field ? qualitiesOf(scene.theme) : [];
      const options = all.filter((it) => it.field === field && it !== scene.quality);
      return options.length > 0 ? { ...scene, quality: draw.pick(options) } : null;
    }
    case 'place':
    case 'time': {
      const old = scene[slot];
      const options = (slot === 'place' ? places : times).filter((it) => it.field === old?.field && it.parent !== old);
      const made = options.filter((it) => it !== old);
      return made.length > 0 ? { ...scene, [slot]: draw.pick(made) } : null;
    }
  }
}

export const slots = ['predicate', 'agent', 'other', 'theme', 'quality', 'place', 'time'] as const;
export type Slot = (typeof slots)[number];

/** The slots that can exclude each other in scenes of a frame; a scene that says them all is a full one. */
export const changeable: Readonly<Record<Frame, readonly Slot[]>> = {
  transfer: ['agent', 'other', 'theme', 'quality', 'place', 'time'],
  contact: ['predicate', 'agent', 'other', 'place', 'time'],
  mutual: ['agent', 'other', 'place', 'time'],
  handling: ['predicate', 'agent', 'theme', 'quality', 'place', 'time'],
};

/** The slots whose values have something above them, and the scene with one of them lifted; null if none has. */
export function generalise(draw: Draw, scene: Scene): Scene | null {
  const liftable = (['agent', 'other', 'theme', 'place', 'time'] as const).filter((slot) => scene[slot]?.parent);
  if (liftable.length === 0) return null;
  const slot = draw.pick(liftable);
  return { ...scene, [slot]: scene[slot]!.parent! };
}

/** Agent and other exchanged; null where there is no other. */
export function exchange(scene: Scene): Scene | null {
  return scene.other ? { ...scene, agent: scene.other, other: scene.agent } : null;
}

const byFrame = new Map(
  (['transfer', 'contact', 'mutual', 'handling'] as const).map((frame) => [
    frame,
    predicates.filter((predicate) => predicate.frame === frame),
  ]),
);
export const weightedFrames: readonly Frame[] = [
  'transfer',
  'transfer',
  'contact',
  'contact',
  'handling',
  'handling',
  'mutual',
];

function person(draw: Draw, topic: Topic): Concept {
  return draw.pick(draw.chance(3, 4) ? names : topic.jobs);
}

function sampleTheme(draw: Draw, predicate: Predicate, topic: Topic): Concept | undefined {
  if (predicate.themes[0] === 'subject') return draw.pick(subjects);
  const roots = themeRoots(predicate, topic);
  return roots.length > 0 ? draw.pick(leaves(draw.pick(roots))) : undefined;
}

const knownRoots = new WeakMap<Predicate, Map<Topic, readonly Concept[]>>();

/** The classes of things that something can be done to. */
function themeRoots(predicate: Predicate, topic: Topic): readonly Concept[] {
  const byTopic = knownRoots.get(predicate) ?? new Map<Topic, readonly Concept[]>();
  knownRoots.set(predicate, byTopic);
  const known =
    byTopic.get(topic) ??
    topic.things.filter(({ words }) => predicate.themes[0] === 'any' || predicate.themes.includes(words[0]!));
  byTopic.set(topic, known);
  return known;
}

function sampleQuality(draw: Draw, theme: Concept): Concept | null {
  const options = qualitiesOf(theme);
  return options.length > 0 ? draw.pick(options) : null;
}
