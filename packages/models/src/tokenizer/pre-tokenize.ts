/** From a text to the pieces that byte-pair encoding takes, as the library of Rust makes them. */
import type { BpeNormalizer, PreTokenizer } from './bpe-json.ts';
import { gpt2Words, oniguruma, toByteCharacters } from './byte-level.ts';

/** The normalised text: each step in order. Nothing is put in front of an empty text. */
export function normalizeWith(steps: readonly BpeNormalizer[]): (text: string) => string {
  return (text) =>
    steps.reduce((done, step) => {
      if (step.type === 'Replace') return done.replaceAll(step.pattern.String, () => step.content);
      return done === '' ? '' : step.prepend + done;
    }, text);
}

/** Splits a part of a text into pieces; `atStart` says whether it is the text's beginning. */
export type PreTokenize = (text: string, atStart: boolean) => string[];

/** All steps, each on the pieces of the one before. @throws SyntaxError for a regular expression that is none. */
export function preTokenizeWith(steps: readonly PreTokenizer[]): PreTokenize {
  const functions = steps.map(preTokenizer);
  return (text, atStart) =>
    functions
      .reduce((pieces, step) => pieces.flatMap((piece, i) => step(piece, atStart && i === 0)), [text])
      .filter((piece) => piece !== '');
}

function preTokenizer(step: PreTokenizer): PreTokenize {
  switch (step.type) {
    case 'Split': {
      const pattern = oniguruma(step.pattern.Regex);
      return (text) => isolate(text, pattern);
    }
    case 'Digits': {
      const pattern = step.individual_digits ? /\p{N}/gu : /\p{N}+/gu;
      return (text) => isolate(text, pattern);
    }
    case 'ByteLevel': {
      const pattern = step.use_regex ? oniguruma(gpt2Words) : null;
      return (text) => {
        const whole = step.add_prefix_space && !text.startsWith(' ') ? ` ${text}` : text;
        return (pattern ? isolate(whole, pattern) : [whole]).map(toByteCharacters);
      };
    }
    case 'Metaspace': {
      const { replacement, prepend_scheme: scheme } = step;
      return (text, atStart) => {
        const replaced = text.replaceAll(' ', replacement);
        const prepends = (scheme === 'always' || (scheme === 'first' && atStart)) && !replaced.startsWith(replacement);
        const whole = prepends ? replacement + replaced : replaced;
        return step.split ? whole.split(new RegExp(`(?=${replacement})`, 'u')) : [whole];
      };
    }
  }
}

/** The matches of a pattern and what lies between them. */
function isolate(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    pieces.push(text.slice(end, index), found);
    end = index + found.length;
  }
  return [...pieces, text.slice(end)].filter((piece) => piece !== '');
}
