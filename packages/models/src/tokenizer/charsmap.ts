/** SentencePiece's precompiled map of characters: which text becomes which in normalisation. */

/** A trie in a double array, and the texts that its leaves point at. */
interface Charsmap {
  readonly units: Uint32Array;
  /** Each ends with a zero byte. */
  readonly texts: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters that are a grapheme each. */
const plain = /^[\x20-\x7e]*$/;

/** Graphemes of at least so many bytes are looked up character by character. */
const longGrapheme = 6;

/**
 * The normalisation of a `precompiled_charsmap`: the trie's size in bytes (32 bits, little-endian), the trie, the texts.
 *
 * As the Rust library of Hugging Face applies it: a grapheme that is short is looked up as a whole, else each of its
 * characters, and the shortest text that begins it decides.
 *
 * @returns the normalisation; a sentence about what is wrong where the bytes are no such map.
 */
export function charsmapNormalizer(bytes: Uint8Array): ((text: string) => string) | string {
  const map = parseCharsmap(bytes);
  if (typeof map === 'string') return map;
  const known = new Map<string, string | null>();
  const replacement = (text: string): string | null => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = lookUp(map, encoder.encode(text));
    known.set(text, made);
    return made;
  };
  const byCharacter = (text: string): string =>
    Array.from(text, (character) => replacement(character) ?? character).join('');
  return (text) => {
    if (plain.test(text)) return byCharacter(text);
    let result = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = encoder.encode(segment).length < longGrapheme ? replacement(segment) : null;
      result += whole ?? byCharacter(segment);
    }
    return result;
  };
}

function parseCharsmap(bytes: Uint8Array): Charsmap | string {
  if (bytes.length < 4) return `the character map has ${bytes.length} bytes, too few for a size`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true);
  if (size === 0 || size % 4 !== 0 || size > bytes.length - 4) {
    return `the character map of ${bytes.length} bytes begins with a trie of ${size} bytes`;
  }
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const texts = bytes.subarray(4 + size);
  return texts.at(-1) === 0 ? { units, texts } : 'the texts of the character map do not end with a zero byte';
}

/**
 * What the shortest text in the map that begins `bytes` becomes; null where none does.
 *
 * A unit of the double array has a label (bits 0-7, with bit 31 set in a leaf's value), whether it has a leaf (bit 8), and an
 * offset to its children (bits 10-31, times 256 where bit 9 is set): darts-clone's.
 */
function lookUp({ units, texts }: Charsmap, bytes: Uint8Array): string | null {
  const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
  let position = offsetOf(units[0]!);
  for (const byte of bytes) {
    if (byte === 0) return null;
    position ^= byte;
    const unit = units[position];
    if (unit === undefined || (unit & 0x8000_00ff) >>> 0 !== byte) return null;
    position ^= offsetOf(unit);
    if (((unit >>> 8) & 1) === 0) continue;
    const start = (units[position] ?? 0) & 0x7fff_ffff;
    const end = texts.indexOf(0, start);
    return end < 0 ? null : decoder.decode(texts.subarray(start, end));
  }
  return null;
}
