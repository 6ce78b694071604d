import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, key, tf, type HostTensor } from '@lomap/compile';
import type { HostBatch, TensorBatch } from '../../batch.ts';
import { pack, packPadded, type EncodedExample } from '../../batches/pack.ts';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { Context } from '../../context.ts';
import { describeWithShared, shared } from '../../testing/shared.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../../testing/tiny-bert.ts';
import { bertPooler } from './classification.ts';
import { parseBertConfig, type BertConfig } from './config.ts';
import { firstTokens } from '../post-norm.ts';
import { bertEncoder, bertFirstTokens } from './encoder.ts';

const folder = temporaryFolder();
const open = (directory: string, numLabels: number) =>
  openCheckpoint(directory, { numLabels, cacheDirectory: join(folder, 'cache'), headKey: key(1) });

function onDevice(batch: HostBatch): TensorBatch {
  const tensor = ({ data, shape, dtype }: HostTensor) => tf.tensor(data, [...shape], dtype);
  return Object.fromEntries(
    Object.entries<HostTensor>({ ...batch }).map(([name, value]) => [name, tensor(value)]),
  ) as unknown as TensorBatch;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const worst = Array.from(actual, (value, index) => Math.abs(value - expected[index]!)).reduce((a, b) =>
    Math.max(a, b),
  );
  expect(worst).toBeLessThanOrEqual(tolerance);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a tiny BERT', () => {
  const examples: EncodedExample[] = [
    { inputIds: [2, 5, 6, 3, 7, 3], tokenTypeIds: [0, 0, 0, 0, 1, 1], label: 0 },
    { inputIds: [2, 9, 3], tokenTypeIds: [0, 0, 0], label: 1 },
  ];
  const config = parseBertConfig(tinyConfig, 'config.json');
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await open(await writeCheckpoint(join(folder, 'tiny'), tinyTensors()), 3);
  });

  const logits = (batch: HostBatch, context: Context = checkpoint.context()) =>
    checkpoint.classify(context, onDevice(batch));
  const packed = pack(examples, 2);
  const padded = packPadded(examples, 2);

  test("logits are those of HF's BertForSequenceClassification", () => {
    // transformers 5.23, torch 2.15, eval mode, of the same folder and the two examples padded to six tokens.
    const expected = [-0.10095284, 0.20479894, -0.23352693, -0.11122002, 0.19620872, -0.22865163];
    expectClose(logits(packed).dataSync(), expected, 2e-6);
  });

  test('fillers of a short batch do not change the others', () => {
    expectClose(logits(pack(examples, 4)).dataSync().slice(0, 6), logits(packed).dataSync(), 1e-6);
  });

  test('packed and padded rows give the same logits and gradients', () => {
    const names = [
      'bert.embeddings.LayerNorm.weight',
      'bert.encoder.layer.0.attention.self.query.weight',
      'bert.encoder.layer.0.attention.self.key.weight',
      'bert.encoder.layer.1.attention.self.value.weight',
      'bert.encoder.layer.1.output.dense.weight',
      'bert.pooler.dense.weight',
    ];
    const values = names.map((name) => checkpoint.frozen(name));
    const gradients = (batch: TensorBatch) =>
      tf.grads((...tensors: tf.Tensor[]) => {
        const plain = checkpoint.context();
        const param = (name: string) => tensors[names.indexOf(name)] ?? plain.param(name);
        const linear: Context['linear'] = (path, x) =>
          tf.add(tf.matMul(x, param(`${path}.weight`) as tf.Tensor2D, false, true), param(`${path}.bias`));
        // A sum of squares: every logit and so every example counts.
        return tf.sum(tf.square(checkpoint.classify({ ...plain, param, linear }, batch)));
      })(values);
    expectClose(logits(padded).dataSync(), logits(packed).dataSync(), 1e-6);
    const expected = gradients(onDevice(padded));
    gradients(onDevice(packed)).forEach((gradient, index) => {
      const size = tf.max(tf.abs(gradient)).dataSync()[0]!;
      expect(size).toBeGreaterThan(1e-4);
      expectClose(gradient.dataSync(), expected[index]!.dataSync(), 1e-5 * size);
    });
  });

  test('the last layer for first tokens alone gives the same rows and gradients', () => {
    const names = checkpoint.tensors.filter((name) => name.startsWith('bert.encoder.'));
    const values = names.map((name) => checkpoint.frozen(name));
    const batch = onDevice(packed);
    const target = tf.tensor2d(
      [0.3, -0.2, 0.9, 0.1, -0.5, 0.4, 0.7, -0.1, 0.2, 0.8, -0.6, 0, 0.5, -0.9, 0.6, -0.3],
      [2, 8],
    );
    const differentiate = (rows: (context: Context) => tf.Tensor2D) =>
      tf.valueAndGrads((...tensors: tf.Tensor[]) => {
        const plain = checkpoint.context();
        const param = (name: string) => tensors[names.indexOf(name)] ?? plain.param(name);
        const linear: Context['linear'] = (path, x) =>
          tf.add(tf.matMul(x, param(`${path}.weight`) as tf.Tensor2D, false, true), param(`${path}.bias`));
        return tf.sum(tf.squaredDifference(rows({ ...plain, param, linear }), target));
      })(values);
    const all = differentiate((context) => firstTokens(batch, bertEncoder(config, context, batch)));
    const few = differentiate((context) => bertFirstTokens(config, context, batch));
    expectClose(few.value.dataSync(), all.value.dataSync(), 1e-5);
    expect(names).toHaveLength(2 * 16);
    names.forEach((name, i) => {
      const size = tf.max(tf.abs(all.grads[i]!)).dataSync()[0]!;
      // A key's bias moves all of a query's scores alike: its gradient is rounding.
      if (!name.endsWith('key.bias')) expect(size).toBeGreaterThan(1e-4);
      expectClose(few.grads[i]!.dataSync(), all.grads[i]!.dataSync(), 1e-5 * Math.max(size, 0.1));
    });
  });

  test("dropout is asked for at HF's sites, at the configuration's rates, in order", () => {
    const sites: [string, number][] = [];
    const context = checkpoint.context((x, site, rate) => {
      sites.push([site, rate]);
      return x;
    });
    logits(packed, context);
    const layer = (index: number) =>
      ['attention.self', 'attention.output', 'output'].map((part) => `bert.encoder.layer.${index}.${part}.dropout`);
    const expected = ['bert.embeddings.dropout', ...layer(0), ...layer(1), 'dropout'];
    expect(sites).toEqual(expected.map((site) => [site, 0.1]));
  });
});

describeWithShared('models/minilm-l6', "MiniLM-L6's hidden states and pooler", () => {
  interface Expected {
    input_ids: number[];
    token_type_ids: number[];
    cls_first8?: number[];
    last_token_first8?: number[];
    pooler_first8?: number[];
    hidden_norm?: number;
  }

  test('of a text and a pair, packed together', async () => {
    const directory = shared('models/minilm-l6');
    const checkpoint = await open(directory, 2);
    const cases = (JSON.parse(readFileSync(join(directory, 'expected.json'), 'utf8')) as Expected[])
      .filter((expected) => expected.hidden_norm !== undefined)
      .filter((_, index) => index === 0 || index === 2);
    const examples = cases.map(({ input_ids, token_type_ids }): EncodedExample => {
      return { inputIds: input_ids, tokenTypeIds: token_type_ids, label: 0 };
    });
    const batch = onDevice(pack(examples, examples.length));
    const config = configIn(directory);
    const hidden = bertEncoder(config, checkpoint.context(), batch);
    const rows = hidden.arraySync();
    const pooled = bertPooler(checkpoint.context(), firstTokens(batch, hidden)).arraySync();
    let first = 0;
    expect(cases).toHaveLength(2);
    cases.forEach(({ input_ids, cls_first8, last_token_first8, pooler_first8, hidden_norm }, index) => {
      const own = rows.slice(first, (first += input_ids.length));
      expectClose(own[0]!.slice(0, 8), cls_first8!, 1e-4);
      expectClose(own.at(-1)!.slice(0, 8), last_token_first8!, 1e-4);
      expectClose(pooled[index]!.slice(0, 8), pooler_first8!, 1e-4);
      expect(Math.abs(Math.hypot(...own.flat()) - hidden_norm!)).toBeLessThanOrEqual(1e-3);
    });
    disposeFrozen();
  });
});

function configIn(directory: string): BertConfig {
  const path = join(directory, 'config.json');
  return parseBertConfig(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>, path);
}
