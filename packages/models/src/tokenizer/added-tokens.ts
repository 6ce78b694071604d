/** Tokens beside the model's vocabulary, found in a text before it is split into words. */
import { endSpaces, startSpaces } from './spaces.ts';

/** An entry of a tokenizer's `added_tokens`. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it counts only where no letter, digit or underscore touches it. */
  readonly singleWord: boolean;
  /** Whether it is looked for in the normalised text. */
  readonly normalized: boolean;
  /** Whether it takes in the spaces in front of it (lstrip). */
  readonly spacesBefore: boolean;
  /** Whether it takes in the spaces behind it (rstrip). */
  readonly spacesAfter: boolean;
}

/** A part of a text: an added token's id, or text without any. */
export type Part = number | string;

const word = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`;
const endsWithWord = new RegExp(`${word}$`, 'u');
const startsWithWord = new RegExp(`^${word}`, 'u');

/**
 * Splits a text at added tokens, as Rust's AddedVocabulary does: the leftmost match and of several the longest; first those
 * that are looked for in the raw text, then, in what lies between, the others in the normalised text.
 */
export function addedTokenSplitter(
  tokens: readonly AddedToken[],
  normalize: (text: string) => string,
): (text: string) => Part[] {
  const raw = splitter(
    tokens.filter(({ normalized }) => !normalized),
    ({ content }) => content,
  );
  const inNormalized = splitter(
    tokens.filter(({ normalized }) => normalized),
    ({ content }) => normalize(content),
  );
  return (text) => raw(text).flatMap((part) => (typeof part === 'number' ? [part] : inNormalized(normalize(part))));
}

function splitter(tokens: readonly AddedToken[], form: (token: AddedToken) => string): (text: string) => Part[] {
  const byForm = new Map(tokens.map((token) => [form(token), token]));
  byForm.delete('');
  if (byForm.size === 0) return (text) => [text];
  // A regular expression takes the first alternative that matches: the longest.
  const forms = [...byForm.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'), 'gu');
  return (text) => {
    const parts: Part[] = [];
    let end = 0;
    for (const { 0: found, index } of text.matchAll(pattern)) {
      if (index < end) continue; // a token before it took it in with its spaces
      const { id, singleWord, spacesBefore, spacesAfter } = byForm.get(found)!;
      const after = index + found.length;
      if (singleWord && (endsWithWord.test(text.slice(0, index)) || startsWithWord.test(text.slice(after)))) continue;
      const between = text.slice(end, index);
      const before = spacesBefore ? between.replace(endSpaces, '') : between;
      if (before !== '') parts.push(before);
      parts.push(id);
      end = after + (spacesAfter ? startSpaces.exec(text.slice(after))![0].length : 0);
    }
    if (end < text.length || parts.length === 0) parts.push(text.slice(end));
    return parts;
  };
}
