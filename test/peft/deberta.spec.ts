/**
 * DeBERTa as a user has it: `lomap sweep` on a folder, resumed, its report, its adapters exported; and adapters through HF
 * PEFT both ways, whose logits are equal. Needs the build, and Python with torch, transformers and peft for the second.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, key } from '@lomap/compile';
import { openCheckpoint, type EncodedExample } from '@lomap/models';
import { adapt, methodDefaults, peftFiles, type MethodSettings } from '@lomap/peft';
import { loadAdapter, writeAdapterFolder } from '@lomap/runner';
import { classification, predict } from '@lomap/train';
import { needs, required } from '../needs/needs.ts';
import { lomap, type Ended } from '../sweep/lomap.ts';
import { trialFolders } from '../sweep/outputs.ts';
import { writeTinyDeberta } from '../sweep/tiny-deberta.ts';
import { writeTinyGlue } from '../sweep/tiny-glue.ts';
import { moved } from './cases.ts';
import { findPython, runPython, type Compared, type Logits } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-peft-deberta-'));
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});
const at = (...parts: string[]): string => join(folder, ...parts);

const examples: readonly EncodedExample[] = [
  [1, 7, 9, 11, 12, 8, 2],
  [1, 6, 8, 2],
  [1, 12, 14, 5, 9, 10, 6, 2],
].map((inputIds) => ({ inputIds, tokenTypeIds: inputIds.map(() => 0), label: 0 }));

/** v3, and v2's own projections of positions. */
const models = {
  v3: {},
  v2: { share_att_key: false, norm_rel_ebd: 'none', position_biased_input: true, conv_kernel_size: 3 },
};
const methods: readonly (readonly [string, Partial<MethodSettings>])[] = [
  ['lora', { rank: 3, targetModules: ['@linear'] }],
  ['dora', { rank: 3, targetModules: ['@query', '@key'] }],
  ['lomap', { rank: 3, targetModules: ['@linear'] }],
  ['vera', { rank: 8 }],
  ['ia3', {}],
];

async function logitsOf(base: string, settings: MethodSettings, params: Float32Array[]): Promise<Logits> {
  const checkpoint = await open(base);
  return predict({
    objective: classification(checkpoint.classify, checkpoint.numLabels),
    ...{ checkpoint, adaptation: adapt(checkpoint, settings), params, examples },
    device: { device: 'tfjs-cpu', threads: 1, optimizationLevel: 'all', prepacking: true },
    cacheDirectory: at('cache'),
  });
}

const open = (base: string) => openCheckpoint(base, { numLabels: 2, cacheDirectory: at('cache'), headKey: key(5) });

function expectEqual(ours: Logits | undefined, theirs: Logits | undefined): void {
  const worst = Math.max(...ours!.flatMap((row, i) => row.map((value, j) => Math.abs(value - theirs![i]![j]!))));
  expect(worst).toBeLessThanOrEqual(1e-5);
}

const python = findPython();
const inPython = needs('missing' in python ? python.missing : null, required('peft'));
/** Our logits by the folder of an adapter or checkpoint. */
const ours = new Map<string, Logits>();
const load: [base: string, adapter: string][] = [];
const merged: string[] = [];
const ran: Record<string, Ended> = {};
let trials: { settings: { method: MethodSettings }; notes: string[] }[];

beforeAll(async () => {
  for (const [name, changes] of Object.entries(models)) {
    const base = await writeTinyDeberta(at(name), changes);
    const checkpoint = await open(base);
    for (const [method, settingsOfCase] of methods) {
      const settings = { ...methodDefaults(method), ...settingsOfCase };
      const params = moved(checkpoint, settings);
      const { type, sha256 } = checkpoint;
      const out = at('adapters', `${name}-${method}`);
      await writeAdapterFolder(out, peftFiles({ model: checkpoint, settings, params, base: { name, type, sha256 } }));
      load.push([base, out]);
      ours.set(out, await logitsOf(base, settings, params));
    }
  }
  await sweepAndExport();
}, 300_000);

async function sweepAndExport(): Promise<void> {
  writeTinyGlue(at('glue'));
  const methods = ['head', 'lora', { label: 'lomap', name: 'lomap', targetModules: ['@query', '@value'] }];
  const base = {
    method: { rank: 2, loraAlpha: 4, adapterDropout: 0.1 },
    training: { batchSize: 8, maxSteps: 6, maxLength: 32 },
  };
  writeFileSync(at('sweep.json'), JSON.stringify({ name: 'sweep', base, tasks: ['rte'], methods, seeds: [1] }));
  const flags = ['--model', at('v3'), '--data', at('glue'), '--jobs', '1', '--threads', '1', '--out', at('out')];
  const command = ['sweep', '--config', at('sweep.json'), ...flags, '--keep-adapters'];
  ran['dry'] = await lomap([...command, '--dry-run']);
  ran['swept'] = await lomap(command);
  ran['again'] = await lomap(command);
  trials = [];
  for (const name of trialFolders(at('out'))) {
    const result = JSON.parse(readFileSync(at('out', name, 'result.json'), 'utf8')) as {
      trial: (typeof trials)[number];
    };
    trials.push(result.trial);
    const adapter = at('out', name, 'adapter');
    const { read } = await loadAdapter(adapter, at('v3'), at('cache'));
    const out = at('exports', read.settings.name);
    const export_ = ['export', '--adapter', adapter, '--base', at('v3'), '--out', out, '--format', 'merged'];
    ran[`merged ${read.settings.name}`] = await lomap(export_);
    merged.push(out);
    ours.set(out, await logitsOf(at('v3'), read.settings, read.params));
  }
}

describe('lomap sweep --model DIR', () => {
  test('says what it would do, does it, and has nothing left to do', () => {
    expect(ran['dry']).toMatchObject({ code: 0 });
    expect(ran['swept']).toMatchObject({ code: 0 });
    expect(ran['again']!.stderr).toContain('Complete: 3 trials');
    expect(existsSync(at('out', 'report.html'))).toBe(true);
  });

  test('adapts the modules that the model has for a role', () => {
    const targets = new Map(trials.map(({ settings: { method } }) => [method.name, method.targetModules]));
    expect(targets.get('lomap')).toEqual(['query_proj', 'value_proj']);
    expect(targets.get('lora')).toContain('attention.output.dense');
  });

  test('exports checkpoints', () => {
    for (const name of ['head', 'lora', 'lomap']) expect(ran[`merged ${name}`]).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(merged[0]!, 'tokenizer.json'))).toBe(true);
  });
});

inPython.describe('HF PEFT', () => {
  const configs = ['lora', 'dora', 'vera', 'ia3'];
  const write = Object.keys(models).map((name): [string, string] => [at(name), at('written', name)]);
  let theirs: Compared;
  beforeAll(() => {
    if ('missing' in python) throw new Error(python.missing);
    const ids = examples.map(({ inputIds }) => inputIds);
    const types = examples.map(({ tokenTypeIds }) => tokenTypeIds);
    writeFileSync(at('job.json'), JSON.stringify({ inputs: { ids, types }, load, merged, write }));
    theirs = runPython<Compared>(python.python, 'deberta.py', at('job.json'));
  }, 300_000);

  test('opens our adapters, with our logits', () => {
    expect(load).toHaveLength(10);
    for (const [, adapter] of load) expectEqual(ours.get(adapter), theirs.loaded[adapter]);
  });

  test('opens merged checkpoints as DebertaV2ForSequenceClassification', () => {
    expect(merged).toHaveLength(3);
    for (const out of merged) expectEqual(ours.get(out), theirs.merged[out]);
  });

  test.each(configs)('writes %s, which we open', async (config) => {
    for (const [base, out] of write) {
      const adapter = join(out, config);
      const { read, model, isEncoder } = await loadAdapter(adapter, base, at('cache'));
      expect([isEncoder, model.head]).toEqual([false, ['pooler', 'classifier']]);
      expectEqual(await logitsOf(base, read.settings, read.params), theirs.written[adapter]);
      expect(await lomap(['inspect', adapter])).toMatchObject({ code: 0, stderr: '' });
    }
  });
});
