/** How BERT's tokenizers normalise a text and split it into words, as the Rust library of Hugging Face does it. */
import * as characters from './characters.ts';

/** The settings of a BertNormalizer. */
export interface BertNormalization {
  readonly cleanText: boolean;
  readonly chineseCharacters: boolean;
  /** Null: as `lowercase`. */
  readonly stripAccents: boolean | null;
  readonly lowercase: boolean;
}

const all = (body: string): RegExp => new RegExp(`[${body}]`, 'gu');
const removed = new RegExp(`[${characters.removed}]|\\p{Cs}`, 'gu'); // a lone surrogate is no character in Rust
const spaces = all(characters.spaces);
const ideographs = all(characters.ideographs);
const nonspacingMarks = all(characters.nonspacingMarks);
const undecomposed = new RegExp(`([${characters.undecomposed}])`, 'u');
const words = new RegExp(`[${characters.punctuation}]|[^${characters.punctuation}${characters.separators}]+`, 'gu');
const plain = /^[\x20-\x7e]*$/;

/** The normalised text. */
export function normalize(text: string, settings: BertNormalization): string {
  const { cleanText, chineseCharacters, lowercase } = settings;
  if (plain.test(text)) return lowercase ? text.toLowerCase() : text;
  let result = text;
  if (cleanText) result = result.replace(removed, '').replace(spaces, ' ');
  if (chineseCharacters) result = result.replace(ideographs, ' $& ');
  if (settings.stripAccents ?? lowercase) result = unicodeForm(result, 'NFD').replace(nonspacingMarks, '');
  return lowercase ? toLowerCase(result) : result;
}

/** Each character's own lower case, so that a final Σ is σ and not ς. */
export function toLowerCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('');
}

/**
 * NFC or NFD of the Unicode version that Rust's library knows. To it, what later versions added neither decomposes nor
 * moves.
 */
export function unicodeForm(text: string, form: 'NFC' | 'NFD'): string {
  return text
    .split(undecomposed)
    .map((part, i) => (i % 2 === 0 ? part.normalize(form) : part))
    .join('');
}

/** The words of a normalised text: what lies between spaces, and each punctuation mark by itself. */
export function splitWords(text: string): string[] {
  return text.match(words) ?? [];
}
