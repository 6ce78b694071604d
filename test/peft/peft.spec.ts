/**
 * Adapters through HF PEFT itself, both ways: each of ours is opened by PEFT, each that PEFT writes by us, and the logits
 * are equal. One Python process computes them all (compare.py). Needs the build, and Python with torch, transformers and
 * peft: without them the comparisons are skipped, or fail where `.ci/run` says that they are there.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { key } from '@lomap/compile';
import { openCheckpoint, type Checkpoint, type EncodedExample } from '@lomap/models';
import { adapt, adapterFiles, loraFiles, methodDefaults, peftFiles, type MethodSettings } from '@lomap/peft';
import { loadAdapter, run, writeAdapterFolder } from '@lomap/runner';
import { classification, predict } from '@lomap/train';
import { needs, required } from '../needs/needs.ts';
import { lomap, type Ended } from '../sweep/lomap.ts';
import { trialFolders } from '../sweep/outputs.ts';
import { writeTinyGlue } from '../sweep/tiny-glue.ts';
import { writeTinyModel } from '../sweep/tiny-model.ts';
import { asMerged, cases, moved, refused, written } from './cases.ts';
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

async function logitsOf(checkpoint: Checkpoint, settings: MethodSettings, params: Float32Array[]): Promise<Logits> {
  return predict({
    objective: classification(checkpoint.classify, checkpoint.numLabels),
    ...{ checkpoint, adaptation: adapt(checkpoint, settings), params, examples },
    device: { device: 'tfjs-cpu', threads: 1, optimizationLevel: 'all', prepacking: true },
    cacheDirectory: at('cache'),
  });
}

function expectEqual(ours: Logits | undefined, theirs: Logits | undefined): void {
  const worst = Math.max(...ours!.flatMap((row, i) => row.map((value, j) => Math.abs(value - theirs![i]![j]!))));
  expect(worst).toBeLessThanOrEqual(TOLERANCE);
}

const python = findPython();
const inPython = needs('missing' in python ? python.missing : null, required('peft'));

/** Our logits by label, and trials trained by the command line. */
const ours = new Map<string, Logits>();
const trained = ['head', 'lora', 'lomap', 'map+loha'];
const formats: Readonly<Record<string, readonly string[]>> = {
  ...{ head: ['merged'], lora: ['peft', 'peft-lora', 'merged'] },
  ...{ lomap: ['peft', 'peft-lora', 'merged'], 'map+loha': ['peft', 'merged'] },
};
const exported: Record<string, Ended> = {};
/** What `lomap export` in this process said, by label. */
const told = new Map<string, { code: number; text: string }>();
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
    const params = moved(checkpoint, settings, as === 'negative α');
    const files = (as === 'lora' ? loraFiles : peftFiles)({ model: checkpoint, settings, params, base });
    await writeAdapterFolder(at('adapters', label), files);
    ours.set(label, await logitsOf(checkpoint, settings, params));
  }
  for (const [name, changes] of refused) {
    const settings = { ...methodDefaults(name), ...changes };
    const params = moved(checkpoint, settings);
    await writeAdapterFolder(at('adapters', name), adapterFiles({ model: checkpoint, settings, params, base }));
    ours.set(name, await logitsOf(checkpoint, settings, params));
  }
  mkdirSync(at('merged'));
  for (const label of asMerged) told.set(label, await exportHere(label, 'merged', at('merged', label)));
  await sweepAndExport();
}, 300_000);

/** `lomap export` in this process: its exit code, and what it prints. */
async function exportHere(label: string, format: string, out: string): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const spies = (['log', 'error'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation((line: unknown) => void lines.push(String(line))),
  );
  const flags = ['--adapter', at('adapters', label), '--base', at('model'), '--format', format, '--out', out];
  const code = await run(['export', ...flags]);
  for (const spy of spies) spy.mockRestore();
  return { code, text: lines.join('\n') };
}

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
    for (const format of formats[method]!) {
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
    expect(exported['lora-peft-lora']).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(at('exports', 'lora-peft-lora', 'adapter_config.json'), 'utf8')).not.toContain('lomap');
    // α has been trained, so that W is scaled.
    expect(exported['lomap-peft-lora']).toMatchObject({ code: 2, stdout: '' });
    expect(exported['lomap-peft-lora']!.stderr).toContain('which no plain LoRA does');
    expect(existsSync(at('exports', 'lomap-peft-lora'))).toBe(false);
    expect(exported['map+loha-peft']).toMatchObject({ code: 2, stdout: '' });
    expect(exported['map+loha-peft']!.stderr).toContain('its update loha is no product of two factors');
    expect(existsSync(at('exports', 'map+loha-peft'))).toBe(false);
    expect(readdirSync(at('exports')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

test.each(refused)('%s is refused for PEFT, with the reason, and exported merged', async (name, _, reason) => {
  for (const format of ['peft', 'peft-lora']) {
    const { code, text } = await exportHere(name, format, at('none'));
    expect([code, text]).toEqual([2, expect.stringContaining(reason)]);
    expect(existsSync(at('none'))).toBe(false);
  }
  expect(told.get(name)).toMatchObject({ code: 0 });
});

inPython.describe('HF PEFT', () => {
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
        'trained lora, plain': at('exports', 'lora-peft-lora'),
        ...named(
          cases.map(([label]) => label),
          (label) => at('adapters', label),
        ),
        ...Object.fromEntries(Object.entries(kept).map(([name, path]) => [`trained ${name}`, path])),
      },
      merged: {
        ...named(trained, (name) => at('exports', `${name}-merged`)),
        ...named(asMerged, (name) => at('merged', name)),
      },
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

  test('opens the plain LoRA that the command line exports', () => {
    expectEqual(ours.get('trained lora'), theirs.loaded['trained lora, plain']);
  });

  test.each(asMerged)('%s, exported as merged, is a checkpoint of transformers', (label) => {
    expectEqual(ours.get(label), theirs.merged[label]);
  });

  test.each(trained)('%s merged is a checkpoint of transformers', (method) => {
    expectEqual(ours.get(`trained ${method}`), theirs.merged[method]);
  });

  test.each(written)('writes %s, which we read as %s', async (name, method) => {
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

test.each(cases.filter(([, , , as]) => as === 'negative α'))('%s: it is', async (label) => {
  const { adaptation, read } = await loadAdapter(at('adapters', label), at('model'), at('cache'));
  const alphas = read.params.filter((_, i) => adaptation.specs[i]!.name.endsWith('map_alpha'));
  expect(alphas).toHaveLength(4); // output.dense is of the attention too
  for (const alpha of alphas) expect(Math.max(...alpha)).toBeLessThan(0);
});

test('a folder that is copied is the same adapter', async () => {
  cpSync(at('adapters', 'lomap'), at('copied'), { recursive: true });
  const { read, notes } = await loadAdapter(at('copied'), at('model'), at('cache'));
  expect([read.settings.name, notes]).toEqual(['lomap', []]);
});
