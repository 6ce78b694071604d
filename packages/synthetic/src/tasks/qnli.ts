/**
 * QNLI: does the sentence answer the question? It does if its event is one the question is about, and what is asked is
 * said. Two questions are crossed with the sentences that answer them. Level 1: about events that differ in two slots.
 * Level 2: one sentence says where and the other when, or they differ in one slot; wording varies. Level 3: the people
 * have exchanged their roles.
 */
import { within } from '../part.ts';
import { answers, type Asked, askable, type Question, questionKey, realiseQuestion } from '../scene/question.ts';
import type { Draw } from '../random.ts';
import type { Slot } from '../scene/sample.ts';
import type { Scene } from '../scene/scene.ts';
import { crossed, type Level, type MakeSet } from './rows.ts';
import { type ChangePlan, changed, fullScene, planChange, planExchange, say, styles } from './scenes.ts';

export const qnli: MakeSet = ({ plan, draw, part, level }) => {
  const { frame, change, asked } = planQuestions(plan, level);
  const full = fullScene(part, draw, frame);
  const scenes = change === 'where or when' ? apart(full) : [full, changed(draw, part, full, change)];
  const [first, second] = scenes;
  if (!first || !second || !asked.every((slot, i) => askable(scenes[i]!).includes(slot))) return undefined;
  const questions = [
    { scene: first, asked: asked[0] },
    { scene: second, asked: asked[1] },
  ] as const;
  if (!suits(first, second, questions) || !within(part, ...questions.map(questionKey))) return undefined;
  const [style, partner] = styles(draw, first, level === 1 ? 'same' : 'other');
  return crossed(
    [realiseQuestion(questions[0], style), realiseQuestion(questions[1], style)],
    [say(first, partner), say(second, partner)],
    ['entailment', 'not_entailment'],
  );
};

interface QuestionPlan {
  readonly frame: ChangePlan['frame'];
  readonly change: ChangePlan['change'] | 'where or when';
  readonly asked: readonly [Asked, Asked];
}

function planQuestions(plan: Draw, level: Level): QuestionPlan {
  if (level === 2 && plan.chance(1, 2)) {
    return { frame: planChange(plan, 1).frame, change: 'where or when', asked: ['place', 'time'] };
  }
  const { frame, change } = level === 3 ? planExchange(plan) : planChange(plan, level === 1 ? 2 : 1);
  const roles: Readonly<Record<typeof frame, readonly Asked[]>> = {
    transfer: ['agent', 'other', 'theme', 'place', 'time'],
    contact: ['agent', 'other', 'place', 'time'],
    mutual: ['place', 'time'],
    handling: ['agent', 'theme', 'place', 'time'],
  };
  // What differs must be in the question: if only what is asked for differed, both sentences would answer.
  const told = (asked: Asked, slot: Slot): boolean => slot !== asked && !(asked === 'theme' && slot === 'quality');
  const options = roles[frame].filter((slot) => change === 'roles' || change.some((it) => told(slot, it)));
  const asked = plan.pick(options);
  return { frame, change, asked: [asked, asked] };
}

/** One scene that says where, and one that says when. */
function apart(scene: Scene): [Scene, Scene] {
  return [
    { ...scene, time: null },
    { ...scene, place: null },
  ];
}

/** Whether each scene answers its own question and not the other's. */
function suits(first: Scene, second: Scene, [one, other]: readonly [Question, Question]): boolean {
  return answers(first, one) && answers(second, other) && !answers(second, one) && !answers(first, other);
}
