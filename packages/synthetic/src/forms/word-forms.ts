/** Most of level 1: a form that no word has. */
import { irregularNouns, numberWord, plural, regularPlural, sentence } from '../language/english.ts';
import { circumstance, places } from '../lexicon/circumstances.ts';
import { names } from '../lexicon/people.ts';
import { regularPast, type Verb } from '../lexicon/verbs.ts';
import { until } from '../random.ts';
import { sampleScene } from '../scene/sample.ts';
import { plain, realise } from '../scene/realise.ts';
import { sceneKey } from '../scene/scene.ts';
import { inanimate, judged, type MakeConstruction, two } from './construction.ts';

/** `Anna sold the car` and `Anna selled the car`. */
export const pastForm: MakeConstruction = (draw) => {
  const scene = until('scene of an irregular verb', () => {
    const made = sampleScene(draw);
    return regularPast(made.predicate.verbs[0]!.base) === made.predicate.verbs[0]!.past ? undefined : made;
  });
  const [verb] = scene.predicate.verbs as [Verb];
  const wrong = { ...scene, predicate: { ...scene.predicate, verbs: [{ ...verb, past: regularPast(verb.base) }] } };
  const style = { ...plain, timeFirst: draw.chance(1, 4), definite: draw.chance(1, 2) };
  return {
    sentences: [
      judged(realise({ scene, negated: false }, style), true),
      judged(realise({ scene: wrong, negated: false }, style), false),
    ],
    keys: [sceneKey(scene)],
  };
};

const sightings = ['saw', 'counted', 'noticed', 'drew', 'found', 'painted'] as const;

/** `Anna saw three mice at the market` and `Anna saw three mouses at the market`. */
export const pluralForm: MakeConstruction = (draw) => {
  const [noun, name, place, verb] = [
    draw.pick(irregularNouns),
    draw.pick(names),
    draw.pick(places),
    draw.pick(sightings),
  ];
  const count = numberWord(2 + draw.int(9));
  const say = (form: string): string =>
    sentence(`${name.words[0]!} ${verb} ${count} ${form} ${circumstance(place, place.words[0]!)}`);
  return {
    sentences: [judged(say(plural(noun)), true), judged(say(regularPlural(noun)), false)],
    keys: [['plural', noun, name.words[0], verb].join('|')],
  };
};

const short = 'big small old new cheap clean dark light long short'.split(' ');
const long = 'expensive beautiful famous modern useful precious valuable interesting'.split(' ');
const comparatives = new Map([
  ...short.map(
    (word) =>
      [
        word,
        `${word}${/[^aeiou][aeiou][gtn]$/.test(word) ? word.slice(-1) : ''}${word.endsWith('e') ? 'r' : 'er'}`,
      ] as const,
  ),
]);

/** `The car is bigger than the house`, never `more bigger`; `more expensive`, never `expensiver`. */
export const comparative: MakeConstruction = (draw) => {
  const [one, other] = two(draw, inanimate);
  const isShort = draw.chance(1, 2);
  const word = draw.pick(isShort ? short : long);
  const graded = isShort ? comparatives.get(word)! : `more ${word}`;
  const broken = isShort ? `more ${comparatives.get(word)!}` : `${word.endsWith('e') ? word : `${word}e`}r`;
  const say = (form: string): string => sentence(`the ${one.words[0]!} is ${form} than the ${other.words[0]!}`);
  return {
    sentences: [judged(say(graded), true), judged(say(broken), false)],
    keys: [['comparative', word, ...[one.words[0]!, other.words[0]!].sort()].join('|')],
  };
};

export const wordForms: readonly MakeConstruction[] = [pastForm, pluralForm, comparative];
