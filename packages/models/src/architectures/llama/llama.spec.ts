import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, tf, type HostTensor } from '@lomap/compile';
import type { HostBatch, TensorBatch } from '../../batch.ts';
import { packNextToken, predictedFrom, type TensorNextTokenBatch } from '../../batches/next-token.ts';
import { pack, packPadded, type EncodedExample } from '../../batches/pack.ts';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../../testing/tiny-bert.ts';
import { tinyLlamaConfig, tinyLlamaTensors } from '../../testing/tiny-llama.ts';

const folder = temporaryFolder();
const open = (directory: string, numLabels: number) =>
  openCheckpoint(directory, { numLabels, cacheDirectory: join(folder, 'cache'), headKey: key(1) });

function onDevice(batch: HostBatch): TensorBatch {
  const tensor = ({ data, shape, dtype }: HostTensor) => tf.tensor(data, [...shape], dtype);
  return Object.fromEntries(
    Object.entries<HostTensor>({ ...batch }).map(([name, value]) => [name, tensor(value)]),
  ) as unknown as TensorBatch;
}

function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThanOrEqual(tolerance);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('sequence classification', () => {
  const examples: EncodedExample[] = [
    { inputIds: [2, 5, 6, 3, 7, 3], tokenTypeIds: [0, 0, 0, 0, 1, 1], label: 0 },
    { inputIds: [2, 9, 3], tokenTypeIds: [0, 0, 0], label: 1 },
  ];
  const opened = writeCheckpoint(join(folder, 'cls'), tinyLlamaTensors(3), tinyLlamaConfig).then((at) => open(at, 3));

  test('packed and padded rows, and fillers of a short batch, give the same logits and gradients', async () => {
    const checkpoint = await opened;
    const names = ['model.embed_tokens.weight', 'model.layers.0.self_attn.k_proj.weight', 'model.norm.weight'];
    const values = names.map((name) => checkpoint.frozen(name));
    const run = (batch: HostBatch) => {
      const tensors = onDevice(batch);
      const plain = checkpoint.context();
      return tf.valueAndGrads((...own: tf.Tensor[]) => {
        const param = (name: string) => own[names.indexOf(name)] ?? plain.param(name);
        const logits = checkpoint.classify(
          {
            param,
            linear: (path, x) => tf.matMul(x, param(`${path}.weight`) as tf.Tensor2D, false, true),
            dropout: (x) => x,
          },
          tensors,
        );
        return tf.sum(tf.square(tf.slice(logits, [0, 0], [2, 3])));
      })(values);
    };
    const [packed, padded, filled] = [run(pack(examples, 2)), run(packPadded(examples, 2)), run(pack(examples, 4))];
    for (const other of [padded, filled]) {
      expectClose(other.value, packed.value);
      other.grads.forEach((gradient, i) => expectClose(gradient, packed.grads[i]!, 1e-4));
    }
  });

  test('a token sees earlier ones alone: what follows the last of an example does not matter, what precedes it does', async () => {
    const checkpoint = await opened;
    const logits = (...texts: number[][]) => {
      const given = texts.map((inputIds) => ({ inputIds, tokenTypeIds: inputIds.map(() => 0), label: 0 }));
      return checkpoint.classify(checkpoint.context(), onDevice(pack(given, texts.length)));
    };
    const first = (rows: tf.Tensor2D): tf.Tensor => tf.slice(rows, [0, 0], [1, 3]);
    expectClose(first(logits([2, 5, 6], [1, 2, 3, 4])), logits([2, 5, 6]));
    const change = tf.max(tf.abs(tf.sub(logits([3, 5, 6]), logits([2, 5, 6])))).dataSync()[0];
    expect(change).toBeGreaterThan(1e-3);
  });
});

test('a layer or a bias that config.json does not know is refused; rotary frequencies of old files are ignored', async () => {
  const tensors = tinyLlamaTensors(3);
  const added = (name: string) => new Map([...tensors, [name, { shape: [8], data: new Float32Array(8) }]]);
  const old = await writeCheckpoint(
    join(folder, 'old'),
    added('model.layers.0.self_attn.rotary_emb.inv_freq'),
    tinyLlamaConfig,
  );
  expect((await open(old, 3)).notes).toEqual([]);
  for (const name of ['model.layers.0.self_attn.q_proj.bias', 'model.layers.2.input_layernorm.weight']) {
    const directory = await writeCheckpoint(join(folder, name), added(name), tinyLlamaConfig);
    await expect(open(directory, 3)).rejects.toThrow(name);
  }
});

describe('the next token', () => {
  const text = [2, 5, 6, 3, 7, 3];

  test.each([
    ['an output head of its own', false],
    ['the embeddings', true],
  ])('with %s', async (what, tie_word_embeddings) => {
    const config = { ...tinyLlamaConfig, tie_word_embeddings };
    const directory = await writeCheckpoint(join(folder, what), tinyLlamaTensors(0, config), config);
    const checkpoint = await open(directory, 0);
    expect(checkpoint.linears.some(({ path }) => path === 'lm_head')).toBe(!tie_word_embeddings);
    const logits = (...examples: Parameters<typeof packNextToken>[0][number][]) => {
      const batch = onDevice(packNextToken(examples, examples.length)) as TensorNextTokenBatch;
      return checkpoint.nextToken!.logits(checkpoint.context(), batch);
    };
    const all = logits({ inputIds: text, positions: [0, 1, 2, 3, 4, 5], targets: [0, 0, 0, 0, 0, 0] });
    expect(all.shape).toEqual([6, 13]);
    // Of a text's beginning, of some places only, and beside another text.
    expectClose(logits(predictedFrom(text.slice(0, 4), 3)), tf.slice(all, [2, 0], [1, 13]));
    expectClose(
      logits(predictedFrom([1, 1], 1), predictedFrom(text, 5)).slice([1, 0], [1, 13]),
      all.slice([4, 0], [1, 13]),
    );
  });

  test('a model without one is refused', async () => {
    const bert = await writeCheckpoint(join(folder, 'bert'), tinyTensors(), tinyConfig);
    await expect(open(bert, 0)).rejects.toThrow('config.json is of a BERT, which predicts no next token.');
  });
});
