/** Level 2, and a part of level 1: words that do not go with their neighbours. */
import { indefinite, plural, sentence, thirdPerson } from '../language/english.ts';
import { circumstance, places } from '../lexicon/circumstances.ts';
import { isWoman, names } from '../lexicon/people.ts';
import type { Verb } from '../lexicon/verbs.ts';
import { anyStyle, clause, plain, realise } from '../scene/realise.ts';
import { everything, sampleScene } from '../scene/sample.ts';
import { sceneKey } from '../scene/scene.ts';
import { activities, actors, inanimate, judged, type MakeConstruction } from './construction.ts';

/** `The dogs sleep at the station`, `the dog sleep`: both numbers, both forms. */
export const agreement: MakeConstruction = (draw) => {
  const [noun, verb, place] = [draw.pick(actors).words[0]!, draw.pick(activities), draw.pick(places)];
  const where = circumstance(place, place.words[0]!);
  const say = (head: string, form: string): string => sentence(`the ${head} ${form} ${where}`);
  return {
    sentences: [
      judged(say(noun, thirdPerson(verb)), true),
      judged(say(plural(noun), verb), true),
      judged(say(noun, verb), false),
      judged(say(plural(noun), thirdPerson(verb)), false),
    ],
    keys: [['agreement', noun, verb].join('|')],
  };
};

const sightings = ['saw', 'wanted', 'found', 'noticed', 'drew', 'needed'] as const;

/** `Anna saw an apple`, `a apple`. Both articles, rightly and wrongly. */
export const article: MakeConstruction = (draw) => {
  const [name, verb, place] = [draw.pick(names).words[0]!, draw.pick(sightings), draw.pick(places)];
  const noun = draw.pick(draw.chance(1, 2) ? inanimate : vowelNouns).words[0]!;
  const right = indefinite(noun);
  const wrong = right.startsWith('an ') ? `a ${noun}` : `an ${noun}`;
  const say = (phrase: string): string => sentence(`${name} ${verb} ${phrase} ${circumstance(place, place.words[0]!)}`);
  return {
    sentences: [judged(say(right), true), judged(say(wrong), false)],
    keys: [['article', name, noun].join('|')],
  };
};

const vowelNouns = [...inanimate, ...actors].filter(({ words: [word] }) => indefinite(word!).startsWith('an '));

/** `did not sell`, `did not sold`; `sold`, and a bare `sell` after a name. Both forms, with and without `did`. */
export const auxiliary: MakeConstruction = (draw) => {
  const scene = sampleScene(draw, everything, ['transfer', 'contact', 'handling']);
  const [verb] = scene.predicate.verbs as [Verb];
  const wrong = { ...scene, predicate: { ...scene.predicate, verbs: [{ ...verb, base: verb.past, past: verb.base }] } };
  const style = { ...plain, timeFirst: draw.chance(1, 4) };
  return {
    sentences: [false, true].flatMap((negated) => [
      judged(realise({ scene, negated }, style), true),
      judged(realise({ scene: wrong, negated }, style), false),
    ]),
    keys: [sceneKey(scene)],
  };
};

const singular = ['every', 'each', 'this', 'one'] as const;
const several = ['these', 'two', 'several', 'many'] as const;

/** `these dogs`, `every dogs`: both kinds of determiner, both numbers. */
export const determiner: MakeConstruction = (draw) => {
  const [noun, verb] = [draw.pick(actors).words[0]!, draw.pick(activities)];
  const [one, many] = [draw.pick(singular), draw.pick(several)];
  const end = draw.pick(['yesterday', 'last week', 'in the garden', 'near the river', 'for an hour']);
  const say = (words: string): string => sentence(`${words} had to ${verb} ${end}`);
  return {
    sentences: [
      judged(say(`${one} ${noun}`), true),
      judged(say(`${many} ${plural(noun)}`), true),
      judged(say(`${one} ${plural(noun)}`), false),
      judged(say(`${many} ${noun}`), false),
    ],
    keys: [['determiner', noun, verb].join('|')],
  };
};

const selfVerbs = ['hurt', 'admired', 'blamed', 'washed', 'saw', 'defended', 'trusted', 'praised'] as const;

/** `Anna hurt herself`, `Anna hurt himself`. */
export const reflexive: MakeConstruction = (draw) => {
  const [name, verb, place] = [draw.pick(names), draw.pick(selfVerbs), draw.pick(places)];
  const say = (pronoun: string): string =>
    sentence(`${name.words[0]!} ${verb} ${pronoun} ${circumstance(place, place.words[0]!)}`);
  return {
    sentences: [judged(say('herself'), isWoman(name)), judged(say('himself'), !isWoman(name))],
    keys: [['reflexive', name.words[0], verb].join('|')],
  };
};

/** `The red car was sold to Anna`, and the same with two neighbours exchanged. */
export const order: MakeConstruction = (draw) => {
  const scene = sampleScene(draw);
  const words = clause({ scene, negated: draw.chance(1, 4) }, anyStyle(draw, scene, true))
    .replace(',', '')
    .split(' ');
  const at = words.findIndex(
    (word, i) => (word === 'the' || word === 'to' || word === 'by' || word === 'in') && i < words.length - 1,
  );
  if (at < 0) return order(draw);
  const moved = [...words];
  [moved[at], moved[at + 1]] = [moved[at + 1]!, moved[at]!];
  return {
    sentences: [judged(sentence(words.join(' ')), true), judged(sentence(moved.join(' ')), false)],
    keys: [sceneKey(scene)],
  };
};

export const neighbourForms: readonly MakeConstruction[] = [article, auxiliary];
export const localForms: readonly MakeConstruction[] = [agreement, determiner, reflexive, order];
export { selfVerbs };
