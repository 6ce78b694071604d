/** A rule and a fact: `Everyone in Rome who owns a dog wants a boat. Anna from Rome owns a dog.` */
import { thirdPerson, indefinite, sentence } from '../language/english.ts';
import { cities } from '../lexicon/circumstances.ts';
import { type Concept, leaves } from '../lexicon/concept.ts';
import { names } from '../lexicon/people.ts';
import { things } from '../lexicon/things.ts';
import { verbs } from '../groups/statement.ts';
import { type Part, within } from '../part.ts';
import { type Draw, until } from '../random.ts';

/** What somebody does or does not: X is what the fact is about, Y what the hypothesis is about. */
interface Doing {
  readonly verb: string;
  readonly thing: Concept;
}

export interface RuleWorld {
  readonly person: Concept;
  readonly city: Concept;
  readonly x: Doing;
  readonly y: Doing;
}

/** `x-y`: everyone who does X does Y. `no`: no one who does X does Y. */
export type Rule = 'x-y' | 'y-x' | 'no';

/** All that is said: the rule, and whether the person does X. */
export interface RulePremise {
  readonly rule: Rule;
  readonly doesX: boolean;
}

/** Whether it follows that the person does Y (or does not), by looking at every kind of person whom the rule allows. */
export function ruleEntails({ rule, doesX }: RulePremise, doesY: boolean): boolean {
  const allowed = (x: boolean, y: boolean): boolean =>
    rule === 'x-y' ? !x || y : rule === 'y-x' ? !y || x : !(x && y);
  return [true, false].filter((y) => allowed(doesX, y)).every((y) => y === doesY);
}

/** A rule's world of the part's content. */
export function ruleWorldOf(part: Part, draw: Draw): RuleWorld {
  const doing = (): Doing => ({ verb: draw.pick(verbs), thing: draw.pick(leaves(draw.pick(things))) });
  return until('rule', () => {
    const [person, city] = [draw.pick(names), draw.pick(cities)];
    if (!within(part, factKey(person, city))) return undefined;
    return until('doings', () => {
      const world = { person, city, x: doing(), y: doing() };
      return world.x.thing.root !== world.y.thing.root && within(part, ruleKey(world)) ? world : undefined;
    });
  });
}

export function ruleSentence({ city, x, y }: RuleWorld, rule: Rule): string {
  const [one, other] = rule === 'y-x' ? [y, x] : [x, y];
  return sentence(`${rule === 'no' ? 'no one' : 'everyone'} in ${city.words[0]!} who ${does(one)} ${does(other)}`);
}

/** @param of X or Y. */
export function factSentence(world: RuleWorld, of: 'x' | 'y', isSo: boolean): string {
  const { verb, thing } = world[of];
  const phrase = isSo ? does(world[of]) : `does not ${verb} ${indefinite(thing.words[0]!)}`;
  return sentence(`${world.person.words[0]!} from ${world.city.words[0]!} ${phrase}`);
}

function does({ verb, thing }: Doing): string {
  return `${thirdPerson(verb)} ${indefinite(thing.words[0]!)}`;
}

/** @see Part */
function ruleKey({ city, x, y }: RuleWorld): string {
  const key = ({ verb, thing }: Doing): string => `${verb} ${thing.root.words[0]!}`;
  return ['rule', city.words[0]!, ...[key(x), key(y)].sort()].join('|');
}

function factKey(person: Concept, city: Concept): string {
  return ['fact', city.words[0]!, person.words[0]!].join('|');
}
