/**
 * RTE: does the second text follow from the first, which has two sentences? Crossed. Level 1: part of an event
 * retold, or with something exchanged. Level 2: retold with other words and wider ones (a poodle, an animal; in Rome,
 * in Italy), or with the roles exchanged. Level 3: what follows only from both sentences together, an order of three
 * people, or a rule and a fact.
 */
import { within } from '../part.ts';
import { chainOf, compared, type Comparison, follows } from '../order/comparison.ts';
import { factSentence, ruleEntails, ruleSentence, ruleWorldOf } from '../order/rule.ts';
import type { Draw } from '../random.ts';
import { generalise, sceneOf } from '../scene/sample.ts';
import { infer, type OptionalSlot, optionalSlots, type Scene, sceneKey } from '../scene/scene.ts';
import { anyStyle } from '../scene/realise.ts';
import { crossed, type MakeSet, type Request, type Row } from './rows.ts';
import { changed, fullScene, planChange, planExchange, say, styles } from './scenes.ts';

const labels = ['entailment', 'not_entailment'] as const;

export const rte: MakeSet = (request) => {
  if (request.level < 3) return retold(request);
  return request.plan.chance(1, 2) ? ordered(request) : ruled(request);
};

function retold({ plan, draw, part, level }: Request): Row[] | undefined {
  const swap = level === 2 && plan.chance(1, 3);
  const { frame, change } = swap ? planExchange(plan) : planChange(plan, level === 1 ? 2 : 1);
  const dropped = optionalSlots.filter((slot) => !change.includes(slot as never) && plan.chance(1, 2));
  const widened = level === 2 && plan.chance(3, 4);
  const first = fullScene(part, draw, frame);
  const second = changed(draw, part, first, change);
  if (!second) return undefined;
  const [a, b] = [first, second].map((scene) => retelling(draw, scene, dropped, widened)) as [Scene, Scene];
  const context = sceneOf(part, draw);
  const follows = (from: Scene, to: Scene): boolean =>
    [from, context].some((scene) => infer({ scene, negated: false }, { scene: to, negated: false }) === 'entailment');
  const suits = follows(first, a) && follows(second, b) && !follows(first, b) && !follows(second, a);
  if (!suits || !within(part, sceneKey(a), sceneKey(b))) return undefined;
  const [style, partner] = styles(draw, first, level === 1 ? 'same' : 'other');
  const background = say(context, anyStyle(draw, context, style.definite));
  const contextFirst = draw.chance(1, 2);
  const premise = (scene: Scene): string =>
    contextFirst ? `${background} ${say(scene, style)}` : `${say(scene, style)} ${background}`;
  return crossed([premise(first), premise(second)], [say(a, partner), say(b, partner)], labels);
}

/** The scene with some of it left out, and something said in a wider word where something can be. */
function retelling(draw: Draw, scene: Scene, dropped: readonly OptionalSlot[], widened: boolean): Scene {
  const told = dropped.reduce((made, slot) => ({ ...made, [slot]: null }), scene);
  return (widened && generalise(draw, told)) || told;
}

/** Three people in an order and in the reverse one. */
function ordered({ draw, part }: Request): Row[] | undefined {
  const { premises, conclusion } = chainOf(part, draw);
  const turned = (it: Comparison): Comparison => ({ ...it, above: it.below, below: it.above });
  const reversed = premises.map(turned);
  const goal = turned(conclusion);
  if (!follows(premises, conclusion) || follows(premises, goal) || !follows(reversed, goal)) return undefined;
  const ways = [draw.int(6), draw.int(6), draw.int(6)] as const;
  const flip = draw.chance(1, 2);
  const text = (list: readonly Comparison[]): string => {
    const said = list.map((it, i) => compared(it, ways[i]!));
    return (flip ? said.reverse() : said).join(' ');
  };
  return crossed([text(premises), text(reversed)], [compared(conclusion, ways[2]), compared(goal, ways[2])], labels);
}

/** For either hypothesis, one premise from which it follows and one from which it does not. */
function ruled({ draw, part }: Request): Row[] {
  const world = ruleWorldOf(part, draw);
  const premises = (['x-y', 'y-x', 'no'] as const).flatMap((rule) => [true, false].map((doesX) => ({ rule, doesX })));
  const flip = draw.chance(1, 2);
  return [true, false].flatMap((doesY) =>
    labels.map((label, i): Row => {
      const premise = draw.pick(premises.filter((it) => ruleEntails(it, doesY) === (i === 0)));
      const said = [ruleSentence(world, premise.rule), factSentence(world, 'x', premise.doesX)];
      return { text: (flip ? said.reverse() : said).join(' '), pair: factSentence(world, 'y', doesY), label };
    }),
  );
}
