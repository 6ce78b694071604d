/** What people do to each other and to things. */
import { type Concept, concept } from './concept.ts';

/** A verb's forms. */
export interface Verb {
  readonly base: string;
  readonly past: string;
  readonly participle: string;
}

/**
 * How a predicate's arguments are said.
 *
 * - `transfer`: agent gives theme to other; the converse verb says the same from the other's side (sell, buy).
 * - `contact`: agent acts on other.
 * - `mutual`: agent and other alike; exchanging them changes nothing.
 * - `handling`: agent acts on theme.
 */
export type Frame = 'transfer' | 'contact' | 'mutual' | 'handling';

/** A predicate: one meaning, said by any of its verbs, or from the other side by a converse one. */
export interface Predicate {
  /** Predicates of one field are opposites. */
  readonly meaning: Concept;
  readonly frame: Frame;
  readonly verbs: readonly Verb[];
  readonly converses: readonly Verb[];
  /** The classes of things that it is done to, by name; `any`, or `subject` for what is taught. */
  readonly themes: readonly string[];
}

/** From `base past participle`; a regular verb names only its base. */
export function verb(forms: string): Verb {
  const [base, past = regularPast(base!), participle = past] = forms.split(' ') as [string, string?, string?];
  return { base, past, participle };
}

export function regularPast(base: string): string {
  if (base.endsWith('e')) return `${base}d`;
  return /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ied` : `${base}ed`;
}

const artefacts = ['garment', 'tool', 'container', 'vehicle', 'instrument', 'device', 'toy', 'jewel'];

/** frame | themes | verbs | converses | field that it shares with its opposite. */
const lines: readonly string[] = [
  'transfer|any|sell sold|buy bought,purchase|sell',
  'transfer|any|give gave given,hand|receive,get got|give',
  'transfer|any|lend lent,loan|borrow|lend',
  'transfer|subject|teach taught|learn|teach',
  'contact||thank||thank',
  'contact||help,assist||help',
  'contact||hinder,obstruct||help',
  'contact||phone,call||phone',
  'contact||visit||visit',
  'contact||praise,commend||judge',
  'contact||criticize,blame||judge',
  'contact||hire,employ||hire',
  'contact||fire,dismiss||hire',
  'contact||follow||follow',
  'contact||rescue,save||rescue',
  'contact||interview,question||interview',
  'contact||invite||invite',
  'contact||greet,welcome||greet',
  'contact||ignore,snub snubbed||greet',
  'contact||warn,alert||warn',
  'contact||forgive forgave forgiven,pardon||forgive',
  'contact||hug hugged,embrace||hug',
  'mutual||meet met||meet',
  'mutual||marry||marry',
  'mutual||argue,quarrel||argue',
  'mutual||dance||dance',
  'mutual||chat chatted,talk||chat',
  'handling|artefact|repair,fix||repair',
  'handling|artefact|damage,break broke broken||repair',
  'handling|any|find found,discover||find',
  'handling|any|lose lost,mislay mislaid||find',
  'handling|artefact,building|build built,construct||build',
  'handling|artefact,building|destroy,demolish||build',
  'handling|artefact,animal,plant,fruit|hide hid hidden,conceal||hide',
  'handling|artefact,animal,plant,fruit|show showed shown,display||hide',
  'handling|any|choose chose chosen,select||choose',
  'handling|any|reject,refuse||choose',
  'handling|any|draw drew drawn,sketch||draw',
  'handling|any|photograph||photograph',
  'handling|any|examine,inspect||examine',
  'handling|artefact,fruit,animal|wash,rinse||wash',
  'handling|artefact|polish||polish',
  'handling|artefact,fruit|pack||pack',
  'handling|artefact,fruit|unpack||pack',
  'handling|animal|feed fed,nourish||feed',
  'handling|animal|catch caught,capture||catch',
  'handling|animal|release,free||catch',
  'handling|artefact,fruit,plant|carry,transport||carry',
];

/** Who argues, argues with somebody; who meets somebody, meets them. */
const withWith = new Set(['argue', 'quarrel', 'dance', 'chat', 'talk']);

export function mutualPreposition(base: string): string {
  return withWith.has(base) ? ' with' : '';
}

const parse = (line: string): Predicate => {
  const [frame, themes, verbs, converses, field] = line.split('|') as [Frame, string, string, string, string];
  const forms = (list: string): Verb[] => list.split(',').filter(Boolean).map(verb);
  return {
    meaning: concept(`do:${field}`, verbs.split(/[ ,]/)[0]!),
    frame,
    verbs: forms(verbs),
    converses: forms(converses),
    themes: themes.split(',').flatMap((theme) => (theme === 'artefact' ? artefacts : [theme])),
  };
};

export const predicates: readonly Predicate[] = lines.map(parse);

/** The other predicates of the same field. */
export function oppositesOf(predicate: Predicate): readonly Predicate[] {
  return predicates.filter((other) => other !== predicate && other.meaning.field === predicate.meaning.field);
}
