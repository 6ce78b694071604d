/** Scenes as English. */
import { indefinite, sentence } from '../language/english.ts';
import { circumstance } from '../lexicon/circumstances.ts';
import type { Concept } from '../lexicon/concept.ts';
import { isName } from '../lexicon/people.ts';
import { mutualPreposition, type Verb } from '../lexicon/verbs.ts';
import type { Draw } from '../random.ts';
import type { Claim, Scene } from './scene.ts';

/** How a scene is said; the meaning is the same. */
export interface Style {
  /** `exchanged`: the converse verb (bought from), or the other order of people who are alike. `pair`: A and B met. */
  readonly voice: 'active' | 'passive' | 'exchanged' | 'double' | 'pair';
  /** Which of several synonyms. */
  readonly synonym: number;
  readonly timeFirst: boolean;
  /** Whether the theme is `the` or `a`. The same in all sentences of an example. */
  readonly definite: boolean;
}

export const plain: Style = { voice: 'active', synonym: 0, timeFirst: false, definite: true };

/** The voices that a scene can be said in. */
export function voicesOf({ predicate }: Scene): readonly Style['voice'][] {
  switch (predicate.frame) {
    case 'transfer':
      return ['active', 'exchanged', 'passive', 'double'];
    case 'mutual':
      return ['active', 'exchanged', 'pair'];
    case 'contact':
    case 'handling':
      return ['active', 'passive'];
  }
}

export function anyStyle(draw: Draw, scene: Scene, definite: boolean): Style {
  return { voice: draw.pick(voicesOf(scene)), synonym: draw.int(2), timeFirst: draw.chance(1, 4), definite };
}

/** One of a concept's or predicate's ways to be said. */
function choose<T>(list: readonly T[], { synonym }: Style): T {
  return list[synonym % list.length]!;
}

export function personPhrase(person: Concept, style: Pick<Style, 'synonym'> = plain): string {
  const word = person.words[style.synonym % person.words.length]!;
  return isName(person) ? word : `the ${word}`;
}

/** `the old car`, `an old car`, `French`. */
export function themePhrase(theme: Concept, quality: Concept | null, style: Style): string {
  const noun = choose(theme.words, style);
  if (theme.field === 'subject') return noun;
  const phrase = quality ? `${choose(quality.words, style)} ${noun}` : noun;
  return style.definite ? `the ${phrase}` : indefinite(phrase);
}

/** The clause without capital and full stop. */
export function clause({ scene, negated }: Claim, style: Style): string {
  const time = scene.time && circumstance(scene.time, choose(scene.time.words, style));
  const place = scene.place && circumstance(scene.place, choose(scene.place.words, style));
  const core = coreClause(scene, negated, style);
  const front = time && style.timeFirst ? `${time}, ` : '';
  const back = [place, style.timeFirst ? null : time].filter((phrase) => phrase !== null);
  return front + [core, ...back].join(' ');
}

export function realise(claim: Claim, style: Style): string {
  return sentence(clause(claim, style));
}

function coreClause(scene: Scene, negated: boolean, style: Style): string {
  const { predicate, theme, quality } = scene;
  const agent = personPhrase(scene.agent, style);
  const other = scene.other ? personPhrase(scene.other, style) : '';
  const thing = theme ? themePhrase(theme, quality, style) : '';
  const verb = choose(predicate.verbs, style);
  const did = (it: Verb): string => (negated ? `did not ${it.base}` : it.past);
  const was = (it: Verb): string => `was ${negated ? 'not ' : ''}${it.participle}`;
  const passive = style.voice === 'passive';
  switch (predicate.frame) {
    case 'transfer':
      if (passive) return `${thing} ${was(verb)} to ${other} by ${agent}`;
      if (style.voice === 'exchanged')
        return `${other} ${did(choose(predicate.converses, style))} ${thing} from ${agent}`;
      return style.voice === 'double'
        ? `${agent} ${did(verb)} ${other} ${thing}`
        : `${agent} ${did(verb)} ${thing} to ${other}`;
    case 'contact':
      return passive ? `${other} ${was(verb)} by ${agent}` : `${agent} ${did(verb)} ${other}`;
    case 'mutual': {
      if (style.voice === 'pair') return `${agent} and ${other} ${did(verb)}`;
      const [first, second] = style.voice === 'exchanged' ? [other, agent] : [agent, other];
      return `${first} ${did(verb)}${mutualPreposition(verb.base)} ${second}`;
    }
    case 'handling':
      return passive ? `${thing} ${was(verb)} by ${agent}` : `${agent} ${did(verb)} ${thing}`;
  }
}
