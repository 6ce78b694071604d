import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fold, key, normal, sizeOf, tf, type HostTensor } from '@lomap/compile';
import { packPadded } from '../../batches/pack.ts';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { Context } from '../../context.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { tinyConfig, writeCheckpoint } from '../../testing/tiny-bert.ts';
import { parseBertConfig } from './config.ts';
import { bertEncoder } from './encoder.ts';
import { packMasked, type MaskedExample, type TensorMaskedBatch } from '../../batches/masked.ts';
import { readMaskedLmHead, withHead } from '../../checkpoint/masked-lm-head.ts';
import { bertForMaskedLm, decoderWeight, maskedLmShapes, tiedDecoder } from './masked-lm.ts';

const folder = temporaryFolder();
const config = parseBertConfig(tinyConfig, 'config.json');
const tensors = new Map(
  Array.from(maskedLmShapes(config), ([name, shape]) => [
    name,
    { shape, data: normal(fold(key(3), name), sizeOf(shape), 0, 0.4) },
  ]),
);
const examples: MaskedExample[] = [
  { inputIds: [2, 5, 4, 3, 7, 3], tokenTypeIds: [0, 0, 0, 0, 1, 1], positions: [2, 4], targets: [6, 7] },
  { inputIds: [2, 4, 3], tokenTypeIds: [0, 0, 0], positions: [1], targets: [9] },
];

const onDevice = <T extends object>(batch: T): Record<keyof T, tf.Tensor> =>
  Object.fromEntries(
    Object.entries<HostTensor>(batch as Record<string, HostTensor>).map(([name, { data, shape, dtype }]) => [
      name,
      tf.tensor(data, [...shape], dtype),
    ]),
  ) as Record<keyof T, tf.Tensor>;

let directory: string;
let checkpoint: Checkpoint;
beforeAll(async () => {
  await tf.setBackend('cpu');
  directory = await writeCheckpoint(join(folder, 'masked'), tensors);
  checkpoint = await openCheckpoint(directory, { numLabels: 2, cacheDirectory: folder, headKey: key(1) });
});

describe('a masked batch', () => {
  test('names the rows to predict and, for each row, its place among them', () => {
    const batch = packMasked(examples, 3);
    expect([...batch.maskedRows.data]).toEqual([2, 4, 7]);
    expect([...batch.rowToMasked.data]).toEqual([3, 3, 0, 3, 1, 3, 3, 2, 3, 3]);
    expect([...batch.maskedIds.data]).toEqual([6, 7, 9]);
    expect([...batch.maskedWeights.data]).toEqual([1, 1, 1]);
    expect(batch.inputIds.data).toHaveLength(10);
  });

  test.each([
    [{ positions: [], targets: [] }, 'Example 0 of the batch has 0 positions to predict and 0 targets'],
    [{ positions: [1], targets: [] }, 'Example 0 of the batch has 1 positions to predict and 0 targets'],
    [{ positions: [3], targets: [1] }, 'Example 0 of the batch has 3 tokens, and none at 3'],
  ])('%j is refused', (wrong, message) => {
    expect(() => packMasked([{ ...examples[1]!, ...wrong }], 2)).toThrow(message);
  });
});

describe('bertForMaskedLm', () => {
  /** The head written out over all rows of the padded batch, in plain TensorFlow.js. */
  function dense(param: (name: string) => tf.Tensor): number[][] {
    const padded = onDevice(
      packPadded(
        examples.map((example) => ({ ...example, label: 0 })),
        2,
      ),
    );
    const hidden = bertEncoder(config, { ...checkpoint.context(), param }, padded);
    const x = tf.add(
      tf.matMul(hidden, param('cls.predictions.transform.dense.weight') as tf.Tensor2D, false, true),
      param('cls.predictions.transform.dense.bias'),
    );
    const activated = tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))));
    const { mean, variance } = tf.moments(activated, -1, true);
    const normed = tf.add(
      tf.mul(
        tf.div(tf.sub(activated, mean), tf.sqrt(tf.add(variance, config.layerNormEpsilon))),
        param('cls.predictions.transform.LayerNorm.weight'),
      ),
      param('cls.predictions.transform.LayerNorm.bias'),
    );
    const embeddings = param('bert.embeddings.word_embeddings.weight') as tf.Tensor2D;
    const scores = tf.add(tf.matMul(normed as tf.Tensor2D, embeddings, false, true), param('cls.predictions.bias'));
    const all = scores.arraySync() as number[][];
    return [2, 4, 6 + 1].map((row) => all[row]!);
  }

  const leaf = (name: string): tf.Tensor => tf.tensor(tensors.get(name)!.data, [...tensors.get(name)!.shape]);
  const pretraining = (): Context => {
    const param = leaf;
    const linear: Context['linear'] = (path, x) =>
      tf.add(tf.matMul(x, param(`${path}.weight`) as tf.Tensor2D, false, true), param(`${path}.bias`));
    return tiedDecoder({ param, linear, dropout: (x) => x });
  };

  test('logits are those of the dense formula at the hidden tokens, fillers or not', () => {
    const expected = dense(leaf).flat();
    for (const size of [2, 4]) {
      const logits = bertForMaskedLm(config, pretraining(), onDevice(packMasked(examples, size)));
      expect(logits.shape).toEqual([3, config.vocabularySize]);
      logits.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    }
  });

  test('gradients are those of a gather and of a dense pass, the tied embeddings counted twice', () => {
    const names = [
      'bert.embeddings.word_embeddings.weight',
      'bert.encoder.layer.0.output.dense.weight',
      'cls.predictions.transform.dense.weight',
      'cls.predictions.bias',
    ];
    const batch: TensorMaskedBatch = onDevice(packMasked(examples, 2));
    const all = tf.range(0, batch.inputIds.shape[0]!, 1, 'int32');
    const loss = (own: readonly tf.Tensor[], forward: (context: Context) => tf.Tensor): tf.Scalar => {
      const param = (name: string): tf.Tensor => own[names.indexOf(name)] ?? leaf(name);
      const linear: Context['linear'] = (path, x) =>
        tf.add(tf.matMul(x, param(`${path}.weight`) as tf.Tensor2D, false, true), param(`${path}.bias`));
      return tf.sum(tf.square(forward(tiedDecoder({ param, linear, dropout: (x) => x }))));
    };
    const [direct, everyRow] = [
      tf.grads((...own: tf.Tensor[]) => loss(own, (context) => bertForMaskedLm(config, context, batch))),
      tf.grads((...own: tf.Tensor[]) =>
        loss(own, (context) => {
          // Every row is predicted, and a product with ones and zeros picks three of them.
          const logits = bertForMaskedLm(config, context, { ...batch, maskedRows: all, rowToMasked: all });
          const chosen = [...batch.maskedRows.dataSync()].map((row) =>
            Array.from(all.dataSync(), (i) => Number(i === row)),
          );
          return tf.matMul(tf.tensor2d(chosen), logits);
        }),
      ),
    ].map((gradients) => gradients(names.map(leaf)));
    direct!.forEach((gradient, i) => {
      const size = tf.max(tf.abs(gradient)).dataSync()[0]!;
      expect(size).toBeGreaterThan(1e-3);
      const expected = everyRow![i]!.dataSync();
      gradient.dataSync().forEach((value, j) => expect(Math.abs(value - expected[j]!)).toBeLessThan(1e-5 * size));
    });
  });

  test('a checkpoint with a head opens for classification, without it', () => {
    expect(checkpoint.tensors.filter((name) => name.startsWith('cls.'))).toEqual([]);
    expect(checkpoint.notes).toHaveLength(2);
    expect(checkpoint.notes[0]).toContain('bert.pooler.dense starts fresh');
  });

  test('the head of a checkpoint over its encoder gives the same logits, its decoder kept', () => {
    const head = readMaskedLmHead(directory);
    expect(head.get(decoderWeight)?.data).toEqual(tensors.get('bert.embeddings.word_embeddings.weight')!.data);
    const context = withHead(checkpoint.context(), head);
    const batch = onDevice(packMasked(examples, 2));
    const logits = bertForMaskedLm(config, context, batch).dataSync();
    const expected = bertForMaskedLm(config, pretraining(), batch).dataSync();
    expect([...logits]).toEqual([...expected]);
  });

  test('a checkpoint without a head is an error that names what is missing', async () => {
    const others = new Map([...tensors].filter(([name]) => name !== 'cls.predictions.bias'));
    const headless = await writeCheckpoint(join(folder, 'headless'), others);
    expect(() => readMaskedLmHead(headless)).toThrow(/cls\.predictions\.bias is missing, expected shape \[11\]/);
  });
});
