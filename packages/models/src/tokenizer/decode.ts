/** From tokens back to text, as the decoders of Rust's library do it. */
import type { Decoder } from './bpe-json.ts';
import { bytesOfToken } from './byte-level.ts';

/** Keeps a byte-order mark, which is a character of the text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of these tokens: each step in order, then what is left, joined. */
export function decodeWith(steps: readonly Decoder[]): (tokens: readonly string[]) => string {
  return (tokens) => steps.reduce<readonly string[]>((done, step) => decoded(done, step), tokens).join('');
}

function decoded(tokens: readonly string[], step: Decoder): readonly string[] {
  switch (step.type) {
    case 'ByteLevel':
      return [utf8.decode(Buffer.concat(tokens.map(bytesOfToken)))];
    case 'Replace':
      return tokens.map((token) => token.replaceAll(step.pattern.String, () => step.content));
    case 'ByteFallback':
      return withoutBytes(tokens);
    case 'Fuse':
      return [tokens.join('')];
    case 'Strip':
      return tokens.map((token) => stripped(token, step.content, step.start, step.stop));
  }
}

/** Runs of tokens `<0xNN>` as the text of their bytes; of a run that is no UTF-8, a replacement character a byte. */
function withoutBytes(tokens: readonly string[]): string[] {
  const texts: string[] = [];
  let run: number[] = [];
  const close = (): void => {
    if (run.length === 0) return;
    const bytes = Uint8Array.from(run);
    const text = utf8.decode(bytes);
    const isText = Buffer.from(text, 'utf8').equals(bytes);
    texts.push(...(isText ? [text] : run.map(() => '\ufffd')));
    run = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
    if (byte !== undefined) run.push(parseInt(byte, 16));
    else {
      close();
      texts.push(token);
    }
  }
  close();
  return texts;
}

/** Without up to `start` of the character in front and up to `stop` at the end. */
function stripped(token: string, character: string, start: number, stop: number): string {
  let [from, to] = [0, token.length];
  while (from < start && token[from] === character) from++;
  while (token.length - to < stop && to > from && token[to - 1] === character) to--;
  return token.slice(from, to);
}
