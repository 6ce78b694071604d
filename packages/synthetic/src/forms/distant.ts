/** Level 3: what must agree stands apart, and the same words make the acceptable and the unacceptable sentence. */
import { plural, sentence, thirdPerson } from '../language/english.ts';
import { cities } from '../lexicon/circumstances.ts';
import { menNames, names, womenNames } from '../lexicon/people.ts';
import { predicates } from '../lexicon/verbs.ts';
import { activities, actors, inanimate, judged, type MakeConstruction, persons, two } from './construction.ts';
import { selfVerbs } from './local.ts';

const nearness = ['near', 'behind', 'beside', 'opposite', 'in front of'] as const;

/** `The dog near the trees sleeps`: the nearer noun has the other number. */
export const attractor: MakeConstruction = (draw) => {
  const [head, other] = [draw.pick(actors).words[0]!, draw.pick(inanimate).words[0]!];
  const [verb, where] = [draw.pick(activities), draw.pick(nearness)];
  const one = `the ${head} ${where} the ${plural(other)}`;
  const many = `the ${plural(head)} ${where} the ${other}`;
  return {
    sentences: [
      judged(sentence(`${one} ${thirdPerson(verb)}`), true),
      judged(sentence(`${many} ${verb}`), true),
      judged(sentence(`${one} ${verb}`), false),
      judged(sentence(`${many} ${thirdPerson(verb)}`), false),
    ],
    keys: [['attractor', head, other, verb].join('|')],
  };
};

const relations = ['like', 'know', 'see', 'follow', 'hear', 'remember'] as const;

/** `The painters that the singer likes sleep`: the verb agrees across a relative clause. */
export const relative: MakeConstruction = (draw) => {
  const [head, other] = two(draw, actors).map(({ words }) => words[0]!) as [string, string];
  const [inner, verb] = [draw.pick(relations), draw.pick(activities)];
  const one = `the ${head} that the ${plural(other)} ${inner}`;
  const many = `the ${plural(head)} that the ${other} ${thirdPerson(inner)}`;
  return {
    sentences: [
      judged(sentence(`${one} ${thirdPerson(verb)}`), true),
      judged(sentence(`${many} ${verb}`), true),
      judged(sentence(`${one} ${verb}`), false),
      judged(sentence(`${many} ${thirdPerson(verb)}`), false),
    ],
    keys: [['relative', ...[head, other].sort(), verb].join('|')],
  };
};

const relatives = ['friend', 'neighbour', 'teacher', 'colleague', 'cousin', 'boss'] as const;

/** `The man who met Anna hurt himself`: the pronoun belongs to the further one. */
export const distantReflexive: MakeConstruction = (draw) => {
  const [woman, man, verb] = [draw.pick(womenNames).words[0]!, draw.pick(menNames).words[0]!, draw.pick(selfVerbs)];
  const whose = draw.pick(relatives);
  const him = `${man}, a ${whose} of ${woman},`;
  const her = `${woman}, a ${whose} of ${man},`;
  return {
    sentences: [
      judged(sentence(`${him} ${verb} himself`), true),
      judged(sentence(`${her} ${verb} herself`), true),
      judged(sentence(`${him} ${verb} herself`), false),
      judged(sentence(`${her} ${verb} himself`), false),
    ],
    keys: [['distant reflexive', woman, man, verb].join('|')],
  };
};

const known = ['knew', 'met', 'helped', 'liked', 'called', 'heard'] as const;
const deeds = ['visited', 'left', 'painted', 'described', 'missed', 'liked'] as const;

/** `No painter who knew the singer has ever visited Rome`: `ever` needs a `no` above it, not merely before it. */
export const polarity: MakeConstruction = (draw) => {
  const [head, other] = two(draw, persons).map(({ words }) => words[0]!) as [string, string];
  const [inner, deed, city] = [draw.pick(known), draw.pick(deeds), draw.pick(cities).words[0]!];
  const rest = `has ever ${deed} ${city}`;
  return {
    sentences: [
      judged(sentence(`no ${head} who ${inner} the ${other} ${rest}`), true),
      judged(sentence(`the ${head} who ${inner} no ${other} ${rest}`), false),
    ],
    keys: [['polarity', ...[head, other].sort(), deed, city].join('|')],
  };
};

const handlings = predicates.filter(({ frame, themes }) => frame === 'handling' && themes[0] === 'any');
const sayings = ['said', 'thought', 'knew', 'believed', 'heard'] as const;

/** `The car that Anna found was old` and `Anna said that Eric found it`: a gap or a pronoun, never both or neither. */
export const gap: MakeConstruction = (draw) => {
  const [noun, verb, saying] = [
    draw.pick(inanimate).words[0]!,
    draw.pick(handlings).verbs[0]!.past,
    draw.pick(sayings),
  ];
  const [one, other] = two(draw, names).map(({ words }) => words[0]!) as [string, string];
  const city = draw.pick(cities).words[0]!;
  const relativeClause = (pronoun: string): string =>
    sentence(`the ${noun} that ${one} ${verb}${pronoun} was in ${city}`);
  const complement = (pronoun: string): string =>
    sentence(`${other} ${saying} that ${one} ${verb}${pronoun} in ${city}`);
  return {
    sentences: [
      judged(relativeClause(''), true),
      judged(complement(' it'), true),
      judged(relativeClause(' it'), false),
      judged(complement(''), false),
    ],
    keys: [['gap', noun, one, verb, city].join('|'), ['said', other, saying, one, verb, city].join('|')],
  };
};

export const distantForms: readonly MakeConstruction[] = [attractor, relative, distantReflexive, polarity, gap];
