/**
 * HF PEFT's adapters of a task head and of a bare encoder: what we make of each is what PEFT makes of it, and what
 * `inspect` says of a file is what `export` does with it. Python as for peft.spec.ts.
 */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { needs, required } from '../needs/needs.ts';
import { tinyTensors, writeTinyModel } from '../sweep/tiny-model.ts';
import { agreement, commandHere, formats, inspected, type Answer } from './agreement.ts';
import { changedFiles } from './changed-files.ts';
import { findPython, runPython, type Logits } from './python.ts';

const TOLERANCE = 1e-5;
const WEIGHTS = 1e-6;
/** Time for a machine that does other things too. */
const LOADED = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'lomap-heads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

/** What HF PEFT writes (heads.py's names): as which method it is read, on which base, and which modules of the head it adapts. */
const written: readonly (readonly [name: string, method: string, base: string, head: readonly string[]])[] = [
  ...['', '-rslora', '-pissa', '-patterns', '-layers'].map((name) => of(`pooler${name}`, 'lora')),
  ...['dora', 'loha', 'lokr', 'delora', 'ia3', 'adalora'].map((name) => of(`pooler-${name}`, name)),
  ...[of('pooler-vera', 'lora'), of('pooler-lokr-whole', 'lokr'), of('pooler-ia3-out', 'ia3')],
  ...[of('pooler-adalora-pruned', 'adalora'), of('adalora-void', 'adalora')],
  ...['no-pooler-layers', 'pooler-excluded', 'pooler-saved'].map((name) => of(name, 'lora', 'plain', [])),
  of('classifier', 'lora', 'headed', ['classifier']),
  of('classifier-dora', 'dora', 'headed', ['classifier']),
  of('classifier-alone', 'head', 'headed', ['classifier']),
  of('classifier-wider', 'lora', 'headed', ['classifier']),
  of('classifier-saved', 'lora', 'headed', []),
  of('classifier-pooler-saved', 'lora', 'headed', ['classifier']),
  of('whole-head', 'lora', 'headed', ['bert.pooler.dense', 'classifier']),
  of('encoder', 'lora', 'plain', ['pooler.dense']),
  of('encoder-untold', 'lora', 'plain', []),
  of('encoder-dora', 'dora', 'plain', ['pooler.dense']),
  of('encoder-saved', 'lora', 'plain', []),
  of('encoder-ia3', 'ia3', 'plain', ['pooler.dense']),
  of('encoder-adalora', 'adalora', 'plain', []),
];

function of(name: string, method: string, base = 'plain', head: readonly string[] = ['bert.pooler.dense']) {
  return [name, method, base, head] as const;
}

/** What is not read of PEFT's, and why. */
const outside =
  /names modules outside of the task head \((?:bert\.)?pooler(?:, classifier)?\):\n {2}base_model\.model\./;
const refused: readonly (readonly [name: string, why: string | RegExp])[] = [
  ...['saved-embeddings', 'saved-norms', 'saved-layer', 'encoder-saved-norms'].map((name) => [name, outside] as const),
  ['biases', 'bias "lora_only" is not supported'],
  ['lora-bias', 'lora_bias true is not supported'],
  ['olora', 'init_lora_weights "olora" changes the base'],
  ['tokens', 'task_type "TOKEN_CLS" is of another model'],
  ['boft', 'has peft_type "BOFT"; read are ADALORA, DELORA, IA3, LOHA, LOKR, LORA, VERA'],
  ['vera-unsaved', 'base_model.vera_A is missing'],
  ['lokr-ranks', 'rank_pattern gives the matrices different ranks'],
  ['embeddings', 'word_embeddings.lora_embedding_A is of an embedding; only linear modules'],
];

/** What is damaged below, and its base: one of each type, and of each kind of head. */
const damaged: readonly (readonly [name: string, base: string])[] = [
  ...['', '-dora', '-loha', '-lokr', '-vera', '-delora', '-ia3', '-adalora-pruned'].map(
    (name) => [`pooler${name}`, 'plain'] as const,
  ),
  ...[['whole-head', 'headed'] as const, ['classifier-alone', 'headed'] as const, ['encoder-saved', 'plain'] as const],
];

jest.setTimeout(LOADED);
const python = findPython();
const inPython = needs('missing' in python ? python.missing : null, required('peft'));

inPython.describe('HF PEFT', () => {
  let theirs: Record<string, Logits | null>;
  let again: Record<string, Record<string, Logits> & { readonly difference?: number }>;
  const exported = new Map<string, Answer>();

  beforeAll(async () => {
    if ('missing' in python) throw new Error(python.missing);
    mkdirSync(at('written'));
    await writeTinyModel(at('plain'));
    const head = [['classifier.weight', [2, 16]] as const, ['classifier.bias', [2]] as const];
    const classifier = head.map(
      ([name, shape]) => [name, { shape, data: normal(fold(key(12), name), sizeOf(shape), 0, 0.3) }] as const,
    );
    await writeTinyModel(at('headed'), new Map([...tinyTensors(), ...classifier]));
    const job = {
      bases: { plain: at('plain'), headed: at('headed') },
      inputs: {
        ids: [
          [2, 7, 9, 11, 3],
          [2, 6, 8, 3],
          [2, 12, 14, 5, 9, 10, 6, 3],
        ],
        types: [
          [0, 0, 0, 0, 0],
          [0, 0, 0, 0],
          [0, 0, 0, 0, 1, 1, 1, 1],
        ],
      },
      write: at('written'),
    };
    const called = <T>(name: string, more: object): T => {
      writeFileSync(at(name), JSON.stringify({ ...job, ...more }));
      return runPython<T>(python.python, 'heads.py', at(name));
    };
    theirs = called('write.json', {});
    const check: Record<string, Record<string, string>> = {};
    for (const [name, , base] of written) {
      for (const format of formats) {
        const out = at('exports', `${name}-${format}`);
        const flags = ['--adapter', at('written', name), '--base', at(base), '--format', format, '--out', out];
        const answer = await commandHere(['export', ...flags]);
        exported.set(`${name} ${format}`, answer);
        if (answer.code === 0) check[name] = { ...check[name], [format]: out };
      }
    }
    again = called('check.json', { check });
  }, LOADED);

  test('every adapter that Python writes is looked at', () => {
    const names = [...written, ...refused].map(([name]) => name);
    expect(Object.keys(theirs).sort()).toEqual(names.sort());
  });

  test.each(written)('%s is read as %s', async (name, method, base, head) => {
    const told = await inspected(at('written', name), at(base));
    expect(told).toMatchObject({ method, head: { adapted: head }, base: { name: at(base) } });
    expect(await inspected(at('written', name))).toMatchObject({ method, head: { adapted: head } });
  });

  test.each(written.map(([name]) => name))('%s, exported, is the same in PEFT', (name) => {
    expect(again[name]).toHaveProperty('merged');
    // An adapter of the head alone is a head that was trained: no adapter is left.
    if (name !== 'classifier-alone') expect(again[name]).toHaveProperty('peft');
    for (const format of formats.filter((each) => each in again[name]!)) {
      const worst = Math.max(
        ...again[name]![format]!.flatMap((row, i) => row.map((value, j) => Math.abs(value - theirs[name]![i]![j]!))),
      );
      expect([format, worst]).toEqual([format, expect.any(Number)]);
      expect(worst).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test.each(written.map(([name]) => name))('%s, merged, has the weights of merge_and_unload', (name) => {
    // Of PiSSA's W, PEFT keeps what its factors do not hold in float32.
    expect(again[name]!.difference).toBeLessThanOrEqual(name.endsWith('pissa') ? 5 * WEIGHTS : WEIGHTS);
  });

  test.each(written)('%s: inspect says which formats export writes, with its words', async (name, _, base) => {
    const { exports } = await inspected(at('written', name), at(base));
    for (const format of formats) {
      const { code, text } = exported.get(`${name} ${format}`)!;
      expect([format, exports[format].exact]).toEqual([format, code === 0]);
      if (code !== 0) expect([code, text]).toEqual([2, `lomap: ${exports[format].reason}`]);
    }
  });

  test.each(refused)('%s is refused by inspect and export alike, with the reason', async (name, why) => {
    const said = await agreement(at('written', name), at('plain'));
    expect(said.alone?.text).toMatch(
      why instanceof RegExp ? why : new RegExp(why.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
    );
  });

  test.each(damaged)('%s, damaged in every way: inspect and export say the same', async (name, base) => {
    for (const [change, needsBase, write] of changedFiles(at('written', name))) {
      const directory = at('changed', `${name}-${change}`);
      await write(directory);
      const said = await agreement(directory, at(base));
      // What the files alone show is said without the base.
      expect([change, said.withBase !== null, said.alone !== null]).toEqual([change, true, !needsBase]);
      rmSync(directory, { recursive: true });
    }
  });

  test('AdaLoRA’s ranks are those of its tensors, whatever r says', async () => {
    const table = async (name: string): Promise<string> => (await commandHere(['inspect', at('written', name)])).text;
    const void8 = await table('adalora-void');
    expect(JSON.parse(readFileSync(at('written', 'adalora-void', 'adapter_config.json'), 'utf8'))).toMatchObject({
      r: 3,
    });
    expect(void8).toMatch(/^rank +6 at the start \(init_r\), 4 on average at the end \(target_r\)$/m);
    expect(void8).toMatch(/^ranks left +18 of 18, 6 a matrix \(6 to 6\): none is taken away yet$/m);
    expect(await table('pooler-adalora-pruned')).toMatch(
      /^ranks left +9 of 12, 3 a matrix \(3 to 3\): the budget of 9 is reached$/m,
    );
  });
});
