/** `--dry-run` of the paper's sweeps, where the model's folder holds a config.json alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cellOf, tasksRead } from '../config/sweep.ts';
import { identifyDescription } from '../packages.ts';
import { sweepContext } from './context.ts';
import { dryRun } from './dry-run.ts';
import { describedGauges } from './gauges.ts';
import { workspaceRoot } from '../workspace.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lomap-described-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const deberta = {
  ...{ model_type: 'deberta-v2', hidden_act: 'gelu', hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1 },
  ...{ initializer_range: 0.02, layer_norm_eps: 1e-7, max_position_embeddings: 512, vocab_size: 128_100 },
  ...{ relative_attention: true, position_buckets: 256, norm_rel_ebd: 'layer_norm', share_att_key: true },
  ...{ pos_att_type: 'p2c|c2p', max_relative_positions: -1, position_biased_input: false, type_vocab_size: 0 },
};
const base = { hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12, num_hidden_layers: 12 };
const large = { hidden_size: 1024, intermediate_size: 4096, num_attention_heads: 16, num_hidden_layers: 24 };

interface Plan {
  readonly main: number;
  readonly steps: number;
  readonly estimatedSeconds: number;
  readonly trained: readonly { label: string; adapter: number; head: [number, number]; memoryBytes: number }[];
  readonly notes: readonly string[];
}

async function plan(name: string, config: object): Promise<Plan> {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const { sweep, paths } = await sweepContext({
    config: join(workspaceRoot, 'experiments/sweeps/paper', `${name}.json`),
  });
  const cells = tasksRead(sweep).flatMap((task) => sweep.labels.map((label) => cellOf(sweep, task, label)));
  const identity = identifyDescription({ directory: folder, name: 'a model' }, tasksRead(sweep), cells);
  const gauges = describedGauges(folder);
  return JSON.parse(await dryRun({ sweep, identity, paths, gauges, jobs: 1, format: 'json' })) as Plan;
}

describe('trainable parameters are those of the paper', () => {
  // 12 or 24 layers of four maps h x h and two h x 4h, rank r: LoRA r (4 · 2h + 2 · 5h) a layer; DoRA 4h + 4h + h more; LoMAP 12.
  test.each([
    ['glue-deberta-v3-base-r2', base, 331_776, 82_944, 144],
    ['glue-deberta-v3-base-r8', base, 1_327_104, 82_944, 144],
    ['glue-deberta-v3-large-r2', large, 884_736, 221_184, 288],
    ['glue-deberta-v3-large-r8', large, 3_538_944, 221_184, 288],
  ])('%s', async (name, size, lora, dora, lomap) => {
    const { trained, main, steps, estimatedSeconds, notes } = await plan(name, { ...deberta, ...size });
    expect(Object.fromEntries(trained.map(({ label, adapter }) => [label, adapter]))).toEqual({
      ...{ lora, dora: lora + dora, lomap: lora + lomap, 'lora-adalora': lora },
    });
    const pooler = size.hidden_size * (size.hidden_size + 1);
    for (const { head } of trained) expect(head).toEqual([1, 3].map((n) => pooler + n * (size.hidden_size + 1)));
    expect(main).toBe(96);
    // Three seeds of four rows; MNLI alone: 12 epochs of 12,272 steps of 32 of its 392,702 rows.
    const rows = {
      mnli: 392_702,
      sst2: 67_349,
      cola: 8551,
      qqp: 363_846,
      qnli: 104_743,
      rte: 2490,
      mrpc: 3668,
      stsb: 5749,
    };
    const epochs = { mnli: 12, sst2: 24, cola: 25, qqp: 5, qnli: 5, rte: 50, mrpc: 30, stsb: 25 };
    const each = Object.entries(rows).map(([task, n]) => epochs[task as keyof typeof epochs] * Math.ceil(n / 32));
    expect(steps / 12).toBeCloseTo(
      each.reduce((a, b) => a + b, 0),
      -3,
    );
    expect(estimatedSeconds).toBeGreaterThan(0);
    expect(notes.at(-1)).toContain('has a config.json and no weights');
  });
});

test('weights of 16 bits count half', async () => {
  const bytes = async (config: object): Promise<number> =>
    (await plan('glue-deberta-v3-base-r2', { ...deberta, ...base, ...config })).trained[0]!.memoryBytes;
  // About 184 million values, of which two bytes each are saved.
  expect(((await bytes({})) - (await bytes({ torch_dtype: 'float16' }))) / 2e6).toBeCloseTo(184, -1);
});
