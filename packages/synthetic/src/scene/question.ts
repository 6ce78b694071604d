/** Questions about scenes, and whether a scene answers them. */
import { sentence } from '../language/english.ts';
import { circumstance } from '../lexicon/circumstances.ts';
import { mutualPreposition } from '../lexicon/verbs.ts';
import { personPhrase, type Style, themePhrase } from './realise.ts';
import { compareScenes, type Scene, sceneKey } from './scene.ts';

export type Asked = 'agent' | 'other' | 'theme' | 'place' | 'time';

/** A scene of which one slot is asked for. What the scene has there is not said. */
export interface Question {
  readonly scene: Scene;
  readonly asked: Asked;
}

/** The slots of a scene that can be asked for. Of people alike for a predicate, neither is asked for. */
export function askable({ predicate, place, time }: Scene): Asked[] {
  const roles: Readonly<Record<typeof predicate.frame, readonly Asked[]>> = {
    transfer: ['agent', 'other', 'theme'],
    contact: ['agent', 'other'],
    mutual: [],
    handling: ['agent', 'theme'],
  };
  const said: (Asked | null)[] = [place && 'place', time && 'time'];
  return [...roles[predicate.frame], ...said.filter((slot) => slot !== null)];
}

/** Whether the scene is one that the question is about, and says what is asked. */
export function answers(scene: Scene, { scene: about, asked }: Question): boolean {
  if (scene[asked] === null) return false;
  const quality = asked === 'theme' ? null : about.quality; // `What did Anna sell?` does not say what it was like.
  const relation = compareScenes(scene, { ...about, quality, [asked]: scene[asked] });
  return relation === 'equal' || relation === 'narrower';
}

/** Transfers are asked about from either side; `exchanged` uses the converse verb. */
export function realiseQuestion({ scene, asked }: Question, style: Style): string {
  const time = asked !== 'time' && scene.time ? ` ${circumstance(scene.time, scene.time.words[0]!)}` : '';
  const place = asked !== 'place' && scene.place ? ` ${circumstance(scene.place, scene.place.words[0]!)}` : '';
  return sentence(`${core({ scene, asked }, style)}${place}${time}`, '?');
}

function core({ scene, asked }: Question, style: Style): string {
  const { predicate } = scene;
  const pick = <T>(list: readonly T[]): T => list[style.synonym % list.length]!;
  const agent = personPhrase(scene.agent, style);
  const other = scene.other ? personPhrase(scene.other, style) : '';
  const theme = scene.theme ? themePhrase(scene.theme, scene.quality, style) : '';
  const from = predicate.frame === 'transfer' && style.voice === 'exchanged';
  const verb = pick(from ? predicate.converses : predicate.verbs);
  const preposition = from ? 'from' : 'to';
  const [subject, object] = from ? [other, agent] : [agent, other];
  const asksSubject = asked === (from ? 'other' : 'agent');
  // What follows the verb, with a gap where it is asked for.
  const rest =
    predicate.frame === 'transfer'
      ? [
          asked === 'theme' ? '' : theme,
          preposition,
          asked === 'agent' || asked === 'other' ? (asksSubject ? object : '') : object,
        ]
      : predicate.frame === 'handling'
        ? [asked === 'theme' ? '' : theme]
        : [mutualPreposition(verb.base).trim(), asked === 'other' ? '' : object];
  const tail = rest.filter(Boolean).join(' ');
  if (asksSubject) return `who ${verb.past} ${tail}`;
  const word = { agent: 'who', other: 'who', theme: 'what', place: 'where', time: 'when' }[asked];
  return `${word} did ${subject} ${verb.base}${tail ? ` ${tail}` : ''}`;
}

/** What the question says, without wording: the answer may be anybody's. @see Part */
export function questionKey({ scene, asked }: Question): string {
  const { predicate, agent, other, theme, place, time } = scene;
  const people = [asked === 'agent' ? null : agent, asked === 'other' ? null : other];
  const named = people.flatMap((person) => (person ? [person.root.words[0]!] : [])).sort();
  if (asked === 'place' || asked === 'time') return sceneKey(scene); // Nothing of the scene's key is asked for.
  const rest = [asked === 'theme' ? null : theme?.root, place, time];
  return ['question', predicate.meaning.field, asked, ...named, ...rest.map((node) => node?.words[0] ?? '')].join('|');
}
