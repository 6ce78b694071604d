/** JSON of files and replies: read strictly, and with errors that say where. */
import { isUtf8 } from 'node:buffer';
import { describeDuplicates, describeSyntax } from './json-faults.ts';

/** A text that is not JSON as it is read here. The message is for the person who wrote or named the file. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly file: string;
  /** One sentence for each fault, without the file's name. */
  readonly problems: readonly string[];
  constructor(file: string, problems: readonly string[]) {
    super(`${file}: ${problems.join(' ')}`);
    this.file = file;
    this.problems = problems;
  }
}

/** The most objects and arrays inside each other. Readers of the value recurse; honest files have about ten. */
const maxDepth = 200;

/**
 * The value of a JSON text (RFC 8259), as `JSON.parse` has it, `"__proto__"` an ordinary key. Beyond what `JSON.parse`
 * refuses, refused are a key that occurs twice in one object, of which it would silently keep the last; bytes that are
 * not UTF-8; and nesting of more than 200. A byte order mark, which some editors write, is passed over.
 *
 * Takes about twice the time of `JSON.parse`: its own pass only counts, and where a fault is is looked for afterwards.
 *
 * @param json a text, or a file's bytes
 * @param file what the text is of, for messages
 * @throws JsonError naming the file, the key's path and the lines
 */
export function parseJson(json: string | Uint8Array, file: string): unknown {
  const text = withoutMark(typeof json === 'string' ? json : decode(json, file));
  const { members, depth } = count(text);
  if (depth > maxDepth) {
    throw new JsonError(file, [`objects and arrays lie more than ${maxDepth} deep inside each other.`]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') throw new JsonError(file, ['it is empty, expected a JSON object or another value.']);
    throw new JsonError(file, [describeSyntax(text) ?? `not JSON: ${(error as Error).message}.`]);
  }
  // Every member of the text is a key of the value, unless two of an object have one name.
  if (members !== keysOf(value)) throw new JsonError(file, describeDuplicates(text));
  return value;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function decode(bytes: Uint8Array, file: string): string {
  if (isUtf8(bytes)) return utf8.decode(bytes);
  const [first, second] = bytes;
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const where = utf16 ? 'it begins as UTF-16 does' : `line ${firstBadLine(bytes)} is not`;
  throw new JsonError(file, [`expected text in UTF-8, but ${where}. Save it as UTF-8.`]);
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The colons outside of strings, one a member, and the deepest nesting; of a text that is not JSON any numbers. */
function count(text: string): { members: number; depth: number } {
  let members = 0;
  let open = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i);
        break;
      case 0x3a: // :
        members++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        open++;
        if (open > depth) depth = open;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        open--;
        break;
    }
  }
  return { members, depth };
}

/** The closing quote's place; the text's length where there is none. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++; // \ and what it escapes
  }
  return text.length;
}

/** The number of keys of a value's objects, all together. */
function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + keysOf(item), 0);
  const items = Object.values(value);
  return items.reduce<number>((sum, item) => sum + keysOf(item), items.length);
}
