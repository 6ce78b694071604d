/**
 * Adapters through HF PEFT itself, both ways: each of ours is opened by PEFT, each that PEFT writes by us, and the logits
 * are equal. One Python process computes them all (compare.py). Needs the build, and Python with torch, transformers and
 * peft: without them the comparisons are skipped, or fail where `.ci/run` says that they are there.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fold, key, normal } from '@lomap/compile';
import { defaultMapSettings } from '@lomap/map';
import { bertForSequenceClassification, openCheckpoint, type Checkpoint, type EncodedExample } from '@lomap/models';
import { adapt, loraFiles, methodDefaults, peftFiles, type MethodSettings } from '@lomap/peft';
import { loadAdapter, writeAdapterFolder } from '@lomap/runner';
import { predict } from '@lomap/train';
import { required } from '../required.ts';
import { lomap, type Ended } from '../sweep/lomap.ts';
import { trialFolders } from '../sweep/outputs.ts';
import { writeTinyGlue } from '../sweep/tiny-glue.ts';
import { writeTinyModel } from '../sweep/tiny-model.ts';
import { compareInPython, findPython, type Compared, type Logits } from './python.ts';

const LABELS = 2;
const TOLERANCE = 1e-5;
const folder = mkdtempSync(join(tmpdir(), 'lomap-peft-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

/** Sentences of the tiny model's words, of different lengths, some with a second segment. */
const examples: readonly EncodedExample[] = [
  [2, 7, 9, 11, 3],
  [2, 6, 8, 3],
  [2, 12, 14, 5, 9, 10, 6, 3],
].map((inputIds, row) => ({ inputIds, tokenTypeIds: inputIds.map((_, i) => (i > 3 ? row % 2 : 0)), label: 0 }));

const clamped = { ...defaultMapSettings, epsilonMode: 'clamp' } as const;
const map = (changes: object): Partial<MethodSettings> => ({ map: { ...clamped, ...changes } });
const small = { rank: 3, targetModules: ['query', 'value', 'output.dense'] };

/** What is written for PEFT: label, method, settings, and whether as a plain LoRA. */
const cases: readonly (readonly [string, string, Partial<MethodSettings>, ('lora' | 'peft')?])[] = [
  ['lora', 'lora', small],
  ['lora, all modules', 'lora', { rank: 3, targetModules: '.*\\.(?<name>dense|query)' }],
  ['rsLoRA', 'lora', { ...small, useRslora: true, adapterDropout: 0.1 }],
  ['PiSSA', 'lora', { ...small, initLoraWeights: 'pissa' }],
  ['dora', 'dora', small],
  ['adalora', 'adalora', small],
  ['dora+adalora', 'dora+adalora', small],
  ['loha', 'loha', small],
  ['lokr', 'lokr', { ...small, rank: 1, decomposeBoth: true, decomposeFactor: 4 }],
  ['vera', 'vera', { ...small, rank: 8 }],
  ['delora', 'delora', small],
  ['ia3', 'ia3', {}],
  ['ia3, a suffix', 'ia3', { targetModules: ['dense', 'query'], feedforwardModules: ['output.dense'] }],
  ['flora', 'flora', small],
  ['edora', 'edora', small],
  ['dora+vera', 'dora+vera', { ...small, rank: 8 }],
  ['lomap', 'lomap', small],
  ['lomap, beta-zero', 'lomap', { ...small, ...map({ start: 'beta-zero' }) }],
  ['lomap, rows', 'lomap', { ...small, ...map({ baseScope: 'row', deltaScope: 'row' }) }],
  ['lomap, relative', 'lomap', { ...small, ...map({ parametrization: 'relative' }) }],
  ['lomap, no norm', 'lomap', { ...small, ...map({ baseScope: 'none', deltaScope: 'none' }) }],
  ['map+delora', 'map+delora', small],
  ['lomap, frozen, plain', 'lomap', { ...small, ...map({ alpha: 'frozen' }) }, 'lora'],
  ['delora, plain', 'delora', small, 'lora'],
];

async function logitsOf(checkpoint: Checkpoint, settings: MethodSettings, params: Float32Array[]): Promise<Logits> {
  const forward = bertForSequenceClassification;
  return predict({
    forward: (context, batch) => forward(checkpoint.config, context, batch),
    ...{ checkpoint, adaptation: adapt(checkpoint, settings), numLabels: checkpoint.numLabels, params, examples },
    device: { device: 'tfjs-cpu', threads: 1, optimizationLevel: 'all', prepacking: true },
    cacheDirectory: at('cache'),
  });
}

/** The method's parameters, each moved from its start. */
function moved(checkpoint: Checkpoint, settings: MethodSettings): Float32Array[] {
  return adapt(checkpoint, settings).specs.map((spec) => {
    const start = spec.init(key(1));
    const noise = normal(fold(key(2), spec.name), start.length, 0, 0.1);
    return start.map((value, i) => value + noise[i]!);
  });
}

function expectEqual(ours: Logits | undefined, theirs: Logits | undefined): void {
  const worst = Math.max(...ours!.flatMap((row, i) => row.map((value, j) => Math.abs(value - theirs![i]![j]!))));
  expect(worst).toBeLessThanOrEqual(TOLERANCE);
}

const python = findPython();
const describeInPython = 'python' in python || required('peft') ? describe : describe.skip;

/** Our logits by label, and trials trained by the command line. */
const ours = new Map<string, Logits>();
const trained = ['head', 'lora', 'lomap', 'map+loha'];
const exported: Record<string, Ended> = {};
let swept: Ended;
let again: Ended;
let inspected: Ended;

beforeAll(async () => {
  await writeTinyModel(at('model'));
  const options = { numLabels: LABELS, cacheDirectory: at('cache'), headKey: key(5) };
  const checkpoint = await openCheckpoint(at('model'), options);
  const base = { name: 'model', type: checkpoint.type, sha256: checkpoint.sha256 };
  for (const [label, name, changes, as] of cases) {
    const settings = { ...methodDefaults(name), ...changes };
    const params = moved(checkpoint, settings);
    const files = (as === 'lora' ? loraFiles : peftFiles)({ model: checkpoint, settings, params, base });
    await writeAdapterFolder(at('adapters', label), files);
    ours.set(label, await logitsOf(checkpoint, settings, params));
  }
  await sweepAndExport();
}, 300_000);

/** Some steps of four methods by `lomap sweep --keep-adapters`, and every format of what they leave. */
async function sweepAndExport(): Promise<void> {
  writeTinyGlue(at('glue'));
  const file = {
    name: 'kept',
    base: { method: { rank: 2, loraAlpha: 4 }, training: { batchSize: 8, maxSteps: 6, maxLength: 32, dropout: 0 } },
    ...{ tasks: ['rte'], methods: ['head', 'lora', 'lomap', { label: 'map+loha', name: 'map+loha' }], seeds: [1] },
  };
  writeFileSync(at('kept.json'), JSON.stringify(file));
  const flags = ['--model', at('model'), '--data', at('glue'), '--jobs', '1', '--threads', '1'];
  const command = ['sweep', '--config', at('kept.json'), ...flags, '--out', at('out')];
  swept = await lomap([...command, '--keep-adapters']);
  again = await lomap(command);
  for (const folder of trialFolders(at('out'))) {
    const adapter = at('out', folder, 'adapter');
    const { checkpoint, read } = await loadAdapter(adapter, at('model'), at('cache'));
    const method = read.settings.name;
    for (const format of method === 'head' ? ['merged'] : ['peft', 'merged']) {
      exported[`${method}-${format}`] = await lomap([
        ...['export', '--adapter', adapter, '--base', at('model'), '--format', format],
        ...['--out', at('exports', `${method}-${format}`)],
      ]);
    }
    if (method === 'lomap') inspected = await lomap(['inspect', adapter, '--base', at('model')]);
    ours.set(`trained ${method}`, await logitsOf(checkpoint, read.settings, read.params));
  }
}

describe('a sweep that keeps its adapters', () => {
  test('leaves one beside each result, of trials that are the same without', () => {
    expect([swept.code, again.code]).toEqual([0, 0]);
    const there = trialFolders(at('out')).map((trial) =>
      existsSync(at('out', trial, 'adapter', 'adapter_config.json')),
    );
    expect(there).toEqual([true, true, true, true]);
    // The second command had nothing to train: a trial's id does not say whether its adapter is kept.
    expect(again.stderr).toContain('Complete: 4 trials');
    expect(again.stderr).not.toMatch(/step|epoch/);
  });

  test('says what one is', () => {
    expect(inspected).toMatchObject({ code: 0, stderr: '' });
    expect(inspected.stdout).toMatch(/^method +lomap$/m);
    expect(inspected.stdout).toMatch(/^opens in +HF PEFT, as LORA with use_dora$/m);
    expect(inspected.stdout).toMatch(/^bert\.encoder\.layer\.0\.output\.dense +[\d.]+ /m);
  });

  test('exports what PEFT has, and says why where it has not', () => {
    expect(exported['lomap-peft']).toMatchObject({ code: 0, stderr: '' });
    expect(exported['map+loha-peft']).toMatchObject({ code: 2, stdout: '' });
    expect(exported['map+loha-peft']!.stderr).toContain('its update loha is no product of two factors');
    expect(existsSync(at('exports', 'map+loha-peft'))).toBe(false);
    expect(readdirSync(at('exports')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describeInPython(`HF PEFT${'missing' in python ? ` (${python.missing})` : ''}`, () => {
  let theirs: Compared;
  beforeAll(() => {
    if ('missing' in python) throw new Error(python.missing);
    mkdirSync(at('written'));
    const named = (names: readonly string[], place: (name: string) => string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, place(name)]));
    const kept = named(['lora', 'lomap'], (name) => at('exports', `${name}-peft`));
    const job = {
      ...{ base: at('model'), labels: LABELS, write: at('written') },
      inputs: {
        ids: examples.map(({ inputIds }) => inputIds),
        types: examples.map(({ tokenTypeIds }) => tokenTypeIds),
      },
      load: {
        ...named(
          cases.map(([label]) => label),
          (label) => at('adapters', label),
        ),
        ...Object.fromEntries(Object.entries(kept).map(([name, path]) => [`trained ${name}`, path])),
      },
      merged: named(trained, (name) => at('exports', `${name}-merged`)),
    };
    writeFileSync(at('job.json'), JSON.stringify(job));
    theirs = compareInPython(python.python, at('job.json'));
  }, 300_000);

  test.each(cases.map(([label]) => label))('opens %s', (label) => {
    expectEqual(ours.get(label), theirs.loaded[label]);
  });

  test.each(['lora', 'lomap'])('opens %s as the command line trained and exported it', (method) => {
    expectEqual(ours.get(`trained ${method}`), theirs.loaded[`trained ${method}`]);
  });

  test.each(trained)('%s merged is a checkpoint of transformers', (method) => {
    expectEqual(ours.get(`trained ${method}`), theirs.merged[method]);
  });

  test.each([
    ['lora', 'lora'],
    ['lora-regex', 'lora'],
    ['lora-own-pooler', 'lora'],
    ['rslora-patterns', 'lora'],
    ['lora-pissa', 'lora'],
    ['dora', 'dora'],
    ['dora-patterns', 'dora'],
    ['loha', 'loha'],
    ['loha-patterns', 'loha'],
    ['lokr', 'lokr'],
    ['lokr-both', 'lokr'],
    ['vera', 'lora'],
    ['delora', 'delora'],
    ['ia3', 'ia3'],
    ['adalora', 'adalora'],
    ['adalora-pruned', 'adalora'],
  ])('writes %s, which we read as %s', async (name, method) => {
    const { checkpoint, read } = await loadAdapter(at('written', name), at('model'), at('cache'));
    expect(read.settings.name).toBe(method);
    expectEqual(await logitsOf(checkpoint, read.settings, read.params), theirs.written[name]);
  });

  test('what PEFT writes of a method has our keys, and ours those of PEFT', () => {
    const keys = (path: string): string[] =>
      Object.keys(JSON.parse(readFileSync(join(path, 'adapter_config.json'), 'utf8')) as object);
    for (const name of ['lora', 'dora', 'adalora', 'loha', 'lokr', 'vera', 'delora', 'ia3']) {
      const known = new Set(keys(at('written', name)));
      expect(keys(at('adapters', name)).filter((key) => !known.has(key))).toEqual(['lomap']);
    }
  });
});

test('a folder that is copied is the same adapter', async () => {
  cpSync(at('adapters', 'lomap'), at('copied'), { recursive: true });
  const { read, notes } = await loadAdapter(at('copied'), at('model'), at('cache'));
  expect([read.settings.name, notes]).toEqual(['lomap', []]);
});
