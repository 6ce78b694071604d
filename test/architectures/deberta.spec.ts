/** Methods on DeBERTa: counted from a bare configuration, bound by role, and merged where modules run twice a layer. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, disposeFrozen, float32, fold, key, normal, sizeOf, tf, uniform } from '@lomap/compile';
import { batchSpecs, modelOf, openCheckpoint, pack, plainContext, writeSafetensors } from '@lomap/models';
import type { Checkpoint, EncodedExample, TensorBatch } from '@lomap/models';
import { adapt, countParameters, methodDefaults, methodNames, withModuleNames } from '@lomap/peft';

const folder = mkdtempSync(join(tmpdir(), 'lomap-deberta-'));
const cacheDirectory = join(folder, 'cache');
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

/** config.json of microsoft/deberta-v3-base, as far as a model depends on it. */
const base = {
  ...{
    model_type: 'deberta-v2',
    vocab_size: 128_100,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
  },
  ...{ intermediate_size: 3072, max_position_embeddings: 512, max_relative_positions: -1, position_buckets: 256 },
  ...{ relative_attention: true, share_att_key: true, pos_att_type: 'p2c|c2p', norm_rel_ebd: 'layer_norm' },
  ...{ position_biased_input: false, type_vocab_size: 0, layer_norm_eps: 1e-7, pooler_hidden_size: 768 },
};

describe('DeBERTaV3-base from its configuration alone, r = 2 on six linears a layer', () => {
  const model = modelOf(base, 'config.json');
  const shapes = model.shapes(2);
  const bare = {
    ...{ linears: model.linears(2), head: model.head, roles: model.roles, tensors: [...shapes.keys()] },
    shape: (name: string) => shapes.get(name)!,
  };

  test.each([
    ['lora', 331_776],
    ['lomap', 331_920],
  ])('%s trains %i parameters beside the head (map-paper, tables on GLUE)', (name, adapter) => {
    const counts = countParameters(bare, { ...methodDefaults(name), rank: 2, targetModules: ['@linear'] });
    expect(counts).toEqual({ adapter, head: 768 * 768 + 768 + 2 * 768 + 2 });
  });

  test('its tensors are those of the published checkpoint, 184 million parameters with the head', () => {
    expect(shapes.size).toBe(4 + 2 + 12 * 16 + 4);
    const total = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
    expect(total).toBe(184_423_682); // of transformers' DebertaV2ForSequenceClassification
  });
});

describe('a tiny DeBERTa-v3', () => {
  const config = {
    ...base,
    ...{ vocab_size: 20, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 12 },
    ...{ max_position_embeddings: 16, position_buckets: 4, pooler_hidden_size: 8 },
  };
  const examples = [
    [1, 7, 9, 3, 5, 2],
    [1, 12, 2],
    [1, 4, 18, 6, 2],
  ].map((inputIds, label): EncodedExample => {
    return { inputIds, tokenTypeIds: inputIds.map(() => 0), label };
  });
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    const directory = join(folder, 'tiny');
    mkdirSync(directory);
    writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
    const tensors = Array.from(modelOf(config, 'config.json').shapes(3), ([name, shape]) => {
      const data = normal(fold(key(4), name), sizeOf(shape), 0, 0.4);
      return [name, { shape, data }] as const;
    });
    await writeSafetensors(join(directory, 'model.safetensors'), new Map(tensors));
    checkpoint = await openCheckpoint(directory, { numLabels: 3, cacheDirectory, headKey: key(0) });
  });

  /** Logits of the adapted model, and of the model with its merged weights. */
  async function logitsOf(name: string) {
    const defaults = methodDefaults(name);
    const adaptation = adapt(checkpoint, { ...defaults, ...(defaults.rank !== null && { rank: 2 }) });
    const params = adaptation.specs.map((spec) => {
      const noise = uniform(key(9, spec.name), sizeOf(spec.shape), 0.05, 0.2);
      return spec.init(key(0)).map((value, i) => value + noise[i]!);
    });
    const merged = adaptation.merge(params);
    const f = (given: tf.Tensor[], batch: TensorBatch) => {
      const param = (path: string): tf.Tensor => {
        const values = merged.get(path);
        return values ? tf.tensor(values, [...checkpoint.shape(path)]) : checkpoint.frozen(path);
      };
      return {
        adapted: checkpoint.classify(adaptation.context(given, checkpoint.context()), batch),
        merged: checkpoint.classify(plainContext(param), batch),
      };
    };
    const inputs = [
      adaptation.specs.map(({ shape }) => ({ dtype: 'float32' as const, shape: [...shape] })),
      batchSpecs(3),
    ] as const;
    const device = { device: 'tfjs-cpu', threads: 1, optimizationLevel: 'all', prepacking: true } as const;
    const run = await compile(f, { name, inputs: [...inputs], device, cacheDirectory });
    const given = params.map((values, i) => float32(values, adaptation.specs[i]!.shape));
    return run(given, pack(examples, 3));
  }

  test.each(methodNames())('%s: merged weights are the adapter, in the scores of positions too', async (name) => {
    const { adapted, merged } = await logitsOf(name);
    const largest = Math.max(...[...merged.data].map(Math.abs));
    merged.data.forEach((value, i) => expect(Math.abs(adapted.data[i]! - value)).toBeLessThan(1e-5 * largest));
  });

  test.each([
    ['lora', '@linear', 6],
    ['lora', '@query', 1],
    ['dora', '@value', 1],
    ['lomap', '@up', 1],
  ])('%s on %s adapts %i modules a layer', (name, role, count) => {
    const settings = { ...methodDefaults(name), rank: 2, targetModules: [role] };
    const { targetModules } = withModuleNames(settings, checkpoint.roles);
    expect(targetModules).toHaveLength(count);
    const paths = adapt(checkpoint, settings).specs.flatMap(({ name }) => /^(.*)\.lora_A$/.exec(name)?.[1] ?? []);
    expect(paths).toHaveLength(2 * count);
  });
});
