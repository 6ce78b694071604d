/** Where a JSON text has a fault. Slow beside `JSON.parse`, and only asked once there is one. */
import { printParseErrorCode, visit, type ParseErrorCode } from 'jsonc-parser';

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false } as const;

/** The most duplicates that are named in one message. */
const listed = 10;

/** jsonc-parser's names of errors that say too little as words. */
const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word that is no JSON value',
  PropertyNameExpected: 'a key in double quotes is expected (is there a comma after the last entry?)',
  ValueExpected: 'a value is expected (is there a comma after the last entry?)',
  EndOfFileExpected: 'the end is expected',
  InvalidCommentToken: 'JSON has no comments',
};

/** What is wrong first, with line and column, as a sentence; null where jsonc-parser takes the text. */
export function describeSyntax(text: string): string | null {
  let found: string | null = null;
  visit(
    text,
    {
      onError: (code: ParseErrorCode, _offset, _length, line, character) => {
        found ??= `not JSON: line ${line + 1}, column ${character + 1}: ${inWords(printParseErrorCode(code))}.`;
      },
    },
    strict,
  );
  return found;
}

function inWords(code: string): string {
  return words[code] ?? code.replace(/(?<=.)([A-Z])/g, ' $1').toLowerCase();
}

/** A sentence for each key that occurs again in its object, with its path and both lines. */
export function describeDuplicates(text: string): string[] {
  const problems: string[] = [];
  const open: Map<string, number>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => {
        open.push(new Map());
      },
      onObjectEnd: () => {
        open.pop();
      },
      onObjectProperty: (key, _offset, _length, startLine, _character, path) => {
        const lines = open.at(-1)!;
        const line = startLine + 1;
        const first = lines.get(key);
        if (first === undefined) lines.set(key, line);
        else problems.push(sentence(pathOf([...path(), key]), first, line));
      },
    },
    strict,
  );
  const more = problems.length > listed ? [`${problems.length - listed} more keys occur twice.`] : [];
  return [...problems.slice(0, listed), ...more];
}

function sentence(path: string, first: number, second: number): string {
  const lines = first === second ? `both times on line ${first}` : `on line ${first} and on line ${second}`;
  return `the key ${path} occurs twice, ${lines}; only one of them would count.`;
}

/** As in `training.epochs` and `cells[2].rank`; other names in quotes and brackets. */
function pathOf(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
