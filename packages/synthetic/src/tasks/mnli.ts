/**
 * MNLI: what does the premise say of the hypothesis? Every hypothesis stands with three premises, one a label, so that
 * it alone says nothing. Level 1: details left out, added, or exchanged for their opposite. Level 2: wider and narrower
 * words, exchanged roles, converse verbs, negation, which turns round what implies what. Level 3: quantifiers over
 * nested groups and nested things, where the quantifier decides which way the implication goes.
 */
import { hypothesisQuantifiers, labels, pickPremise } from '../groups/balance.ts';
import type { Form } from '../groups/logic.ts';
import { realiseStatement, sampleSubject, sayingsOf, subjectKey } from '../groups/statement.ts';
import { everydayOccupations, otherOccupations } from '../lexicon/people.ts';
import { leaves } from '../lexicon/concept.ts';
import { everydayThings, otherThings } from '../lexicon/things.ts';
import { type Part, within } from '../part.ts';
import type { Draw } from '../random.ts';
import {
  changeable,
  exchange,
  fill,
  generalise,
  replace,
  type Slot,
  type Topic,
  weightedFrames,
} from '../scene/sample.ts';
import {
  type Claim,
  infer,
  type Inference,
  type OptionalSlot,
  optionalSlots,
  type Scene,
  sceneKey,
} from '../scene/scene.ts';
import { anyStyle, realise } from '../scene/realise.ts';
import { type MakeSet, type Request, type Row } from './rows.ts';
import { fullScene } from './scenes.ts';

/** What the matched rows are about, and what only the mismatched ones are. */
export const matched: Topic = { things: everydayThings, jobs: everydayOccupations.flatMap(leaves) };
export const mismatched: Topic = { things: otherThings, jobs: otherOccupations.flatMap(leaves) };

export function mnli(topic: Topic): MakeSet {
  return (request) => (request.level === 3 ? quantified(request, topic) : scenes(request, topic));
}

function scenes({ plan, draw, part, level }: Request, topic: Topic): Row[] | undefined {
  const frame = plan.pick(weightedFrames);
  const unsaid = plan.pick(optionalSlots);
  const negated = level === 2 && plan.chance(1, 2);
  const scene = fullScene(part, draw, frame, topic);
  // Some of what the scene says; at level 2 in wider words.
  const kept = { ...scene, [unsaid]: null };
  const hypothesis: Claim = { scene: level === 2 ? (generalise(draw, kept) ?? kept) : kept, negated };
  // A denied sentence with `a` could be meant in two ways.
  const definite = level === 2 || draw.chance(1, 2);
  const pair = realise(hypothesis, anyStyle(draw, hypothesis.scene, definite));
  const rows: Row[] = [];
  for (const label of labels) {
    const premise = premiseFor(draw, part, label, hypothesis, scene, level, topic);
    if (!premise) return undefined;
    const text = realise(premise, anyStyle(draw, premise.scene, definite));
    if (text === pair) return undefined;
    rows.push({ text, pair, label });
  }
  return rows;
}

/** What may be done to a scene to make a premise. */
const steps = { 1: ['replace', 'drop', 'add'], 2: ['replace', 'drop', 'add', 'widen', 'exchange'] } as const;
type Step = readonly [(typeof steps)[2][number], Slot, OptionalSlot];

/** One to three changes, tried until they make a premise of that label. */
function premiseFor(
  draw: Draw,
  part: Part,
  label: Inference,
  hypothesis: Claim,
  full: Scene,
  level: number,
  topic: Topic,
): Claim | undefined {
  const kinds = steps[level === 1 ? 1 : 2];
  for (let attempt = 0; attempt < 100; attempt++) {
    const start = draw.chance(1, 2) ? full : hypothesis.scene;
    const negated = level === 2 && draw.chance(1, 2);
    const changes = Array.from({ length: 1 + draw.int(3) }, (): Step => [
      draw.pick(kinds),
      draw.pick(changeable[full.predicate.frame]),
      draw.pick(optionalSlots),
    ]);
    // The same changes with other people, until they are the part's: or dev would have fewer other people in it.
    for (let i = 0; i < 64; i++) {
      const scene = changes.reduce((made, step) => change(draw, made, step, topic), start);
      if (infer({ scene, negated }, hypothesis) !== label) break;
      if (within(part, sceneKey(scene))) return { scene, negated };
    }
  }
  return undefined;
}

function change(draw: Draw, scene: Scene, [kind, slot, optional]: Step, topic: Topic): Scene {
  switch (kind) {
    case 'replace':
      return replace(draw, scene, slot, topic) ?? scene;
    case 'drop':
      return { ...scene, [optional]: null };
    case 'add':
      return fill(draw, scene, [optional]);
    case 'widen':
      return generalise(draw, scene) ?? scene;
    case 'exchange':
      return exchange(scene) ?? scene;
  }
}

function quantified({ plan, draw, part }: Request, topic: Topic): Row[] | undefined {
  const hypothesised = plan.pick(hypothesisQuantifiers);
  const hypothesis: Form = { quantifier: hypothesised, denied: false };
  const subject = sampleSubject(draw, topic);
  if (!within(part, subjectKey(subject))) return undefined;
  const { groups, things, city, verb } = subject;
  const saying = draw.pick(sayingsOf(hypothesis));
  const pair = realiseStatement({ form: hypothesis, group: groups[1], thing: things[1], city, verb }, saying);
  return labels.map((label): Row => {
    const { quantifier, group, thing } = pickPremise(draw, hypothesised, label);
    const form = { quantifier, denied: false };
    const [who, what] = [groups[(1 + group) as 0 | 1 | 2], things[(1 + thing) as 0 | 1 | 2]];
    const other = draw.pick(sayingsOf(form, saying));
    return { text: realiseStatement({ form, group: who, thing: what, city, verb }, other), pair, label };
  });
}
