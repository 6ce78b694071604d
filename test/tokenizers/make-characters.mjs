/**
 * Writes packages/models/src/tokenizer/characters.ts: what Python's tokenizers takes for control characters, ideographs,
 * accents and punctuation, where that is not a property that every Node has. Run it anew for another version of tokenizers:
 *
 *   [PYTHON=python3] node test/tokenizers/make-characters.mjs
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
if (Number(process.versions.unicode) < 17) {
  throw new Error(`This Node has Unicode ${process.versions.unicode}; what Python does not know shows from 17 on.`);
}
const python = spawnSync(process.env['PYTHON'] ?? 'python3', [at('characters.py')], {
  encoding: 'utf8',
  maxBuffer: 2 ** 29,
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (python.status !== 0) throw new Error(`characters.py ended with ${python.status}.`);
const { version, nfd, lower, ...sets } = JSON.parse(python.stdout);

/** Characters that NFD changes or moves here and not there: for Python they are unassigned. */
sets.undecomposed = Object.entries(nfd)
  .filter(([c, found]) =>
    [c, `a${c}\u0316`, `a\u0300${c}`, `a${c}\u0334`, `a\u0345${c}`].some(
      (text, i) => text.normalize('NFD') !== found[i],
    ),
  )
  .map(([c]) => c.codePointAt(0));
const otherLower = Object.keys(nfd).filter((c) => c.toLowerCase() !== (lower[c] ?? c));
if (otherLower.length > 0)
  throw new Error(`Lower case differs for ${otherLower.join(' ')}: characters.ts has no table for it.`);

const meanings = {
  removed: 'What clean_text takes out.',
  spaces: 'What clean_text makes a space.',
  ideographs: 'What handle_chinese_chars puts spaces around.',
  nonspacingMarks: 'What strip_accents takes out, after NFD.',
  undecomposed: 'What NFD leaves as it is and where it is, although newer versions of Unicode decompose or order it.',
  punctuation: 'What the pre-tokenizer makes a word of its own.',
  separators: 'What the pre-tokenizer splits at and leaves out.',
};

/** '41-5a 61-7a': runs of code points, in lines. */
function runs(codes) {
  const ranges = [];
  for (const code of codes) {
    if (ranges.length > 0 && ranges.at(-1)[1] === code - 1) ranges.at(-1)[1] = code;
    else ranges.push([code, code]);
  }
  const words = ranges.map((range) => [...new Set(range)].map((code) => code.toString(16)).join('-'));
  const lines = [''];
  for (const word of words) {
    if (lines.at(-1).length + word.length > 114) lines.push('');
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${word}`;
  }
  return lines.length === 1 ? `'${lines[0]}'` : `\`\n  ${lines.join('\n  ')}\n\``;
}

const constants = Object.entries(meanings).map(
  ([name, meaning]) => `/** ${meaning} */\nexport const ${name} = classOf(${runs(sets[name])});\n`,
);
writeFileSync(
  at('../../packages/models/src/tokenizer/characters.ts'),
  `/**
 * Characters as the BertNormalizer and BertPreTokenizer of Python's tokenizers ${version} take them: its Rust libraries know older
 * versions of Unicode than Node does. Made by test/tokenizers/make-characters.mjs; do not edit.
 */

/** The body of a regular expression's class from runs of code points in hex. */
function classOf(runs: string): string {
  return runs.trim().replace(/\\s+/g, ' ').replace(/[\\da-f]+/g, '\\\\u{$&}').replaceAll(' ', '');
}

${constants.join('\n')}`,
);
