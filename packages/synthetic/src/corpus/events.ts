/** Texts about events and about who is more than whom. */
import { sentence } from '../language/english.ts';
import { chainOf, compared, comparisonOf } from '../order/comparison.ts';
import type { Draw } from '../random.ts';
import { answers, askable, questionKey, realiseQuestion } from '../scene/question.ts';
import { anyStyle, clause, realise, type Style } from '../scene/realise.ts';
import { exchange, fill, generalise, replace, sceneOf, slots } from '../scene/sample.ts';
import { compareScenes, optionalSlots, type Scene, sceneKey } from '../scene/scene.ts';
import type { Discourse, MakeDiscourse } from './discourse.ts';

export const plainScene: MakeDiscourse = (draw, part) => {
  const scene = sceneOf(part, draw);
  const claim = { scene, negated: draw.chance(1, 8) };
  return { keys: [sceneKey(scene)], say: () => [realise(claim, anyStyle(draw, scene, draw.chance(1, 2)))] };
};

/** A style of the same articles in which the scene sounds different. */
function otherStyle(draw: Draw, scene: Scene, first: Style): Style {
  const voice = anyStyle(draw, scene, first.definite);
  return draw.chance(1, 2) ? { ...voice, synonym: 1 - first.synonym } : voice;
}

/** The same event twice, the second time in other words and perhaps with less detail. */
export const restated: MakeDiscourse = (draw, part) => {
  const scene = sceneOf(part, draw);
  const first = anyStyle(draw, scene, draw.chance(1, 2));
  const second = otherStyle(draw, scene, first);
  const slot = draw.pick(optionalSlots);
  const told = draw.chance(1, 2) ? scene : { ...scene, [slot]: null };
  const [a, b] = [realise({ scene, negated: false }, first), realise({ scene: told, negated: false }, second)];
  if (a === b) return undefined;
  return linked(draw, scene, a, b, { scene: told, style: second });
};

const links = ['so', 'in other words,', 'that is,', 'in short,'] as const;

/** Two sentences, the second sometimes led in. */
function linked(draw: Draw, scene: Scene, a: string, b: string, last: { scene: Scene; style: Style }): Discourse {
  const led = sentence(`${draw.pick(links)} ${clause({ scene: last.scene, negated: false }, last.style)}`);
  return { keys: [sceneKey(scene), sceneKey(last.scene)], say: () => [a, draw.chance(1, 3) ? led : b] };
}

/** An event, and what is true of it in more general words: a poodle is a dog, Rome is in Italy. */
export const specified: MakeDiscourse = (draw, part) => {
  const scene = fill(draw, sceneOf(part, draw), draw.chance(1, 2) ? ['place'] : ['time']);
  const general = generalise(draw, scene);
  if (!general) return undefined;
  const style = anyStyle(draw, scene, draw.chance(1, 2));
  const second = otherStyle(draw, general, style);
  const [a, b] = [realise({ scene, negated: false }, style), realise({ scene: general, negated: false }, second)];
  return linked(draw, scene, a, b, { scene: general, style: second });
};

/** What was not so, and what was: one thing exchanged for another of its kind. */
export const contrasted: MakeDiscourse = (draw, part) => {
  const scene = sceneOf(part, draw);
  const other = draw.chance(1, 4) ? exchange(scene) : replace(draw, scene, draw.pick(slots));
  if (!other || compareScenes(scene, other) !== 'disjoint') return undefined;
  const style = anyStyle(draw, scene, true);
  const was = realise({ scene, negated: false }, style);
  const wasNot = realise({ scene: other, negated: true }, otherStyle(draw, other, style));
  return {
    keys: [sceneKey(scene), sceneKey(other)],
    say: () => (draw.chance(1, 2) ? [was, wasNot] : [wasNot, was]),
  };
};

/** A question and the sentence that answers it. */
export const answered: MakeDiscourse = (draw, part) => {
  const scene = sceneOf(part, draw);
  const slots = askable(scene);
  if (slots.length === 0) return undefined;
  const asked = draw.pick(slots);
  const question = { scene: draw.chance(1, 2) ? scene : { ...scene, [draw.pick(optionalSlots)]: null }, asked };
  if (!answers(scene, question)) return undefined;
  const style = anyStyle(draw, scene, true);
  return {
    keys: [questionKey(question), sceneKey(scene)],
    say: () => [realiseQuestion(question, style), realise({ scene, negated: false }, otherStyle(draw, scene, style))],
  };
};

/** One comparison said in two ways, or the comparisons of three people: two, and the one that follows. */
export const ordered: MakeDiscourse = (draw, part) => {
  if (draw.chance(1, 2)) {
    const first = comparisonOf(part, draw);
    return { keys: [], say: () => [...new Set([compared(first, draw.int(6)), compared(first, draw.int(6))])] };
  }
  const { premises, conclusion } = chainOf(part, draw);
  return {
    keys: [],
    say: () => {
      const said = premises.map((premise) => compared(premise, draw.int(6)));
      return [...(draw.chance(1, 2) ? said : said.reverse()), compared(conclusion, draw.int(6))];
    },
  };
};
