/** The little morphology that the grammars need. */

const vowels = /^[aeiou]/;
/** Written with a vowel, spoken with a consonant. */
const consonantSounds = /^(uni|eu|uku)/;

export function indefinite(phrase: string): string {
  const lower = phrase.toLowerCase();
  return `${vowels.test(lower) && !consonantSounds.test(lower) ? 'an' : 'a'} ${phrase}`;
}

const irregularPlurals: Readonly<Record<string, string>> = {
  knife: 'knives',
  penknife: 'penknives',
  craftsman: 'craftsmen',
  person: 'people',
  woman: 'women',
  man: 'men',
  child: 'children',
  mouse: 'mice',
  goose: 'geese',
  wife: 'wives',
  wolf: 'wolves',
  thief: 'thieves',
  leaf: 'leaves',
  tooth: 'teeth',
  foot: 'feet',
  loaf: 'loaves',
  shelf: 'shelves',
  calf: 'calves',
  ox: 'oxen',
};

export function plural(noun: string): string {
  return irregularPlurals[noun] ?? regularPlural(noun);
}

export function regularPlural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** The nouns whose plural does not follow the rule. */
export const irregularNouns: readonly string[] = Object.keys(irregularPlurals).filter(
  (noun) => !['craftsman', 'person'].includes(noun),
);

/** The third person singular of the present. */
export function thirdPerson(base: string): string {
  if (base === 'have') return 'has';
  return base === 'do' || base === 'go' ? `${base}es` : regularPlural(base);
}

/** A clause as a sentence: its first letter large, and a full stop or what `end` says. */
export function sentence(clause: string, end = '.'): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1) + end;
}

const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

export function numberWord(n: number): string {
  return numberWords[n] ?? String(n);
}
