/** Pairs of scenes that tasks cross, and how they are said at each level. */
import type { Frame } from '../lexicon/verbs.ts';
import { type Part, within } from '../part.ts';
import type { Draw } from '../random.ts';
import { anyStyle, realise, type Style } from '../scene/realise.ts';
import {
  changeable,
  exchange,
  fill,
  replace,
  sceneOf,
  type Slot,
  type Topic,
  weightedFrames,
} from '../scene/sample.ts';
import { compareScenes, type Scene, sceneKey } from '../scene/scene.ts';

/** The kind of a pair: its frame, and what is exchanged for what excludes it. */
export interface ChangePlan {
  readonly frame: Frame;
  /** The slots that differ; `roles`: the people are exchanged. */
  readonly change: readonly Slot[] | 'roles';
}

/** A kind of pair of scenes that differ in so many slots. */
export function planChange(plan: Draw, count: number): ChangePlan {
  const frame = plan.pick(weightedFrames);
  return { frame, change: plan.sample(changeable[frame], count) };
}

/** A kind of pair of scenes that differ in who did it to whom. */
export function planExchange(plan: Draw): ChangePlan {
  return { frame: plan.pick(['transfer', 'contact'] as const), change: 'roles' };
}

/** A scene that says everything its frame can say. */
export function fullScene(part: Part, draw: Draw, frame: Frame, topic?: Topic): Scene {
  return fill(draw, sceneOf(part, draw, topic, [frame]), ['quality', 'place', 'time']);
}

/** The scene that differs in what the plan says and excludes this one; undefined if that fails or is not the part's. */
export function changed(draw: Draw, part: Part, scene: Scene, change: ChangePlan['change']): Scene | undefined {
  let made: Scene | null = scene;
  if (change === 'roles') made = exchange(scene);
  else for (const slot of change) made = made && replace(draw, made, slot);
  if (!made || compareScenes(scene, made) !== 'disjoint') return undefined;
  return within(part, sceneKey(made)) ? made : undefined;
}

/** How much the two sentences of an example may differ in wording. */
export function styles(draw: Draw, scene: Scene, wording: 'same' | 'other'): [Style, Style] {
  const first = anyStyle(draw, scene, draw.chance(1, 2));
  if (wording === 'same') return [first, { ...first, timeFirst: draw.chance(1, 2) }];
  return [first, { ...anyStyle(draw, scene, first.definite), synonym: 1 - first.synonym }];
}

export function say(scene: Scene, style: Style): string {
  return realise({ scene, negated: false }, style);
}
