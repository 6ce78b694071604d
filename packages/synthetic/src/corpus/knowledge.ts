/** Texts about what is a kind of what, and about what groups of people do. */
import { inferGroups, quantifiers, type SetRelation } from '../groups/logic.ts';
import { realiseStatement, sampleSubject, sayingsOf, subjectKey } from '../groups/statement.ts';
import { indefinite, plural, sentence } from '../language/english.ts';
import { below } from '../lexicon/concept.ts';
import { cities } from '../lexicon/circumstances.ts';
import { names, occupations } from '../lexicon/people.ts';
import { things } from '../lexicon/things.ts';
import { factSentence, ruleEntails, ruleSentence, ruleWorldOf } from '../order/rule.ts';
import { everything } from '../scene/sample.ts';
import type { MakeDiscourse } from './discourse.ts';

const nodes = [...things, ...occupations].flatMap(below).filter(({ parent }) => parent);

/** `Anna from Rome knows that a poodle is a kind of dog.` No task asks so; the frame keeps the two parts' texts apart. */
export const kindOf: MakeDiscourse = (draw) => {
  const node = draw.pick(nodes);
  const [word, upper] = [draw.pick(node.words), draw.pick(node.parent!.words)];
  const [name, city] = [draw.pick(names).words[0]!, draw.pick(cities).words[0]!];
  const said = draw.pick([
    `${indefinite(word)} is a kind of ${upper}`,
    `every ${word} is ${indefinite(upper)}`,
    `all ${plural(word)} are ${plural(upper)}`,
    `some ${plural(upper)} are ${plural(word)}`,
  ]);
  const frame = draw.pick([
    `${name} from ${city} knows that ${said}`,
    `everybody in ${city} told ${name} that ${said}`,
    `as ${name} learned in ${city}, ${said}`,
  ]);
  return { keys: [['kind', word, upper, name, city].join('|')], say: () => [sentence(frame)] };
};

/** A quantified statement, and one that follows from it. */
export const quantified: MakeDiscourse = (draw) => {
  const form = () => {
    const quantifier = draw.pick(quantifiers);
    return { quantifier, denied: quantifier === 'some' && draw.chance(1, 4) };
  };
  const [premise, hypothesis] = [form(), form()];
  const [groupStep, thingStep] = [draw.int(3) - 1, draw.int(3) - 1];
  // A step up from the middle makes the hypothesis's set wider, the premise's the narrower one.
  const relation = (step: number): SetRelation => (step === 0 ? 'equal' : step > 0 ? 'narrower' : 'wider');
  if (inferGroups(premise, hypothesis, relation(groupStep), relation(thingStep)) !== 'entailment') return undefined;
  const subject = sampleSubject(draw, everything);
  const { city, verb, groups, things: nested } = subject;
  return {
    keys: [subjectKey(subject)],
    say: () => {
      const [group, thing] = [groups[(1 + groupStep) as 0 | 1 | 2], nested[(1 + thingStep) as 0 | 1 | 2]];
      const a = realiseStatement(
        { form: premise, group: groups[1], thing: nested[1], city, verb },
        draw.pick(sayingsOf(premise)),
      );
      const b = realiseStatement({ form: hypothesis, group, thing, city, verb }, draw.pick(sayingsOf(hypothesis)));
      return a === b ? [a] : [a, b];
    },
  };
};

/** A rule, a fact, and what follows. */
export const ruled: MakeDiscourse = (draw, part) => {
  const premise = { rule: draw.pick(['x-y', 'y-x', 'no'] as const), doesX: draw.chance(1, 2) };
  const doesY = draw.chance(1, 2);
  if (!ruleEntails(premise, doesY)) return undefined;
  const world = ruleWorldOf(part, draw);
  return {
    keys: [],
    say: () => [
      ruleSentence(world, premise.rule),
      factSentence(world, 'x', premise.doesX),
      factSentence(world, 'y', doesY),
    ],
  };
};
