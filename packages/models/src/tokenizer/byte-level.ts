/** Bytes as printable characters, as GPT-2's tokenizer writes them into its vocabulary. */

/** The characters that stand for themselves: what Latin-1 prints, without spaces and the soft hyphen. */
function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/** The character of each byte: itself where it is printable, else the next one from U+0100 on. */
export const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
})();

const bytes = new Map(byteCharacters.map((character, byte) => [character, byte]));

/** A text's UTF-8 bytes, a character each. */
export function toByteCharacters(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byteCharacters[byte]!).join('');
}

/** The bytes of a token of such characters; of a token that has others, the bytes of its text. */
export function bytesOfToken(token: string): Uint8Array {
  const found = Array.from(token, (character) => bytes.get(character));
  return found.every((byte) => byte !== undefined) ? Uint8Array.from(found) : new TextEncoder().encode(token);
}

/** How GPT-2 splits a text into words, as the library of Rust has it. */
export const gpt2Words = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/**
 * A regular expression of Oniguruma, as tokenizer.json has them, in JavaScript's. Classes are Unicode's White_Space and
 * Decimal_Number rather than JavaScript's, and a group `(?i:...)` is spelled out.
 *
 * @throws SyntaxError where JavaScript has no such syntax.
 */
export function oniguruma(pattern: string): RegExp {
  const folded = pattern.replace(/\(\?i:((?:[^()\\]|\\.)*)\)/g, (_, inside: string) => `(?:${eitherCase(inside)})`);
  const classes: Readonly<Record<string, string>> = {
    '\\s': '\\p{White_Space}',
    '\\S': '\\P{White_Space}',
    '\\d': '\\p{Nd}',
    '\\D': '\\P{Nd}',
    "\\'": "'",
  };
  const spelled = folded.replace(/\\[^pP]/g, (escape) => classes[escape] ?? escape);
  return new RegExp(spelled, 'gu');
}

/** Each ASCII letter of an expression in either case; also ſ, which is an s. */
function eitherCase(pattern: string): string {
  return pattern.replace(/\\[pP]\{[^}]*\}|\\.|[a-zA-Z]/g, (found) => {
    if (found.length > 1) return found;
    const lower = found.toLowerCase();
    return `[${lower}${lower.toUpperCase()}${lower === 's' ? 'ſ' : ''}${lower === 'k' ? '\u212a' : ''}]`;
  });
}
