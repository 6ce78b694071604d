import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encode, loadTokenizer, ModelError } from '@lomap/models';
import { needs, required } from '../needs/needs.ts';
import { findPython } from '../peft/python.ts';
import { cases, type Case } from './texts.ts';
import { changes, whole, write } from './folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-tokenizers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = Object.keys(changes);
const directories = new Map(
  names.map((name, i) => {
    const files = whole();
    changes[name]![1](files);
    return [name, write(join(folder, String(i)), files)];
  }),
);
const same = names.filter((name) => changes[name]![0] === 'same');

describe('files that contradict each other, or are another kind, are refused', () => {
  test.each(names.filter((name) => !same.includes(name)))('%s', (name) => {
    const loading = () => loadTokenizer(directories.get(name)!);
    expect(loading).toThrow(ModelError);
    expect(loading).toThrow(changes[name]![0] as RegExp);
  });
});

const found = findPython();
const seed = 20_261_130;
const inPython = needs('missing' in found ? found.missing : null, required('peft'));
inPython.describe('the ids are those of transformers', () => {
  type Answer = { readonly encodings?: [number[], number[]][]; readonly error?: string };
  const texts: readonly Case[] = cases(250, seed);
  let answers: Answer[];
  beforeAll(() => {
    const job = join(folder, 'job.json');
    writeFileSync(job, JSON.stringify(same.map((name) => ({ directory: directories.get(name), texts }))));
    const script = fileURLToPath(new URL('encode.py', import.meta.url));
    const python = 'python' in found ? found.python : '';
    const { status, stdout, stderr } = spawnSync(python, [script, job], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`encode.py ended with ${status}:\n${stderr.slice(-4000)}`);
    ({ answers } = JSON.parse(stdout) as { answers: Answer[] });
  }, 300_000);

  test.each(same)('%s', (name) => {
    const answer = answers[same.indexOf(name)]!;
    expect(answer.error).toBeUndefined();
    const tokenizer = loadTokenizer(directories.get(name)!);
    texts.forEach(([text, pair, maxLength], i) => {
      const { inputIds, tokenTypeIds } = encode(tokenizer, text, pair, maxLength);
      expect({ text, pair, maxLength, ids: inputIds, segments: tokenTypeIds }).toEqual({
        ...{ text, pair, maxLength, ids: answer.encodings![i]![0], segments: answer.encodings![i]![1] },
      });
    });
  });
});
