import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, disposeFrozen, fold, key, normal, tf, type DeviceName } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import { pack, packPadded, type EncodedExample } from '../../batches/pack.ts';
import { batchSpecs } from '../../batches/specs.ts';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import { plainContext } from '../../checkpoint/plain-context.ts';
import type { Context } from '../../context.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { writeCheckpoint } from '../../testing/tiny-bert.ts';
import { olderDebertaConfig, tinyDebertaConfig, tinyDebertaTensors } from '../../testing/tiny-deberta.ts';
import { firstTokens } from '../post-norm.ts';
import { parseDebertaConfig } from './config.ts';
import { debertaEncoder, debertaFirstTokens } from './encoder.ts';

const folder = temporaryFolder();
const cacheDirectory = join(folder, 'cache');
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => disposeFrozen());

const examples: EncodedExample[] = [
  { inputIds: [2, 5, 6, 3, 7, 3], tokenTypeIds: [0, 0, 0, 0, 1, 1], label: 0 },
  { inputIds: [2, 9, 3], tokenTypeIds: [0, 0, 0], label: 1 },
  { inputIds: [4, 1, 10, 8], tokenTypeIds: [0, 0, 1, 1], label: 2 },
];

async function open(name: string, config: Readonly<Record<string, unknown>>): Promise<Checkpoint> {
  const directory = await writeCheckpoint(join(folder, name), tinyDebertaTensors(config), config);
  return openCheckpoint(directory, { numLabels: 3, cacheDirectory, headKey: key(1) });
}

/** A value of the model and its gradients in all tensors of these names. */
function differentiate(checkpoint: Checkpoint, names: readonly string[], f: (context: Context) => tf.Tensor) {
  return tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const param = (name: string) => tensors[names.indexOf(name)] ?? checkpoint.frozen(name);
    return f(plainContext(param, undefined, (path) => checkpoint.tensors.includes(`${path}.bias`)));
  })(names.map((name) => checkpoint.frozen(name)));
}

type Results = Readonly<Record<'logits' | 'norms', tf.Tensor>>;

/** Logits, and of their sum of squares the norm of each tensor's gradient in the alphabet's order, on a device. */
async function evaluate(checkpoint: Checkpoint, batch: ReturnType<typeof pack>, device: DeviceName) {
  const names = [...checkpoint.tensors].sort();
  const f = (batch: TensorBatch): Results => {
    const loss = (context: Context) => tf.sum(tf.square(checkpoint.classify(context, batch)));
    const { grads } = differentiate(checkpoint, names, loss);
    const norms = tf.stack(grads.map((gradient) => tf.sqrt(tf.sum(tf.square(gradient)))));
    return { logits: checkpoint.classify(checkpoint.context(), batch), norms };
  };
  const options = { threads: 1, optimizationLevel: 'all', prepacking: true } as const;
  const inputs: [ReturnType<typeof batchSpecs>] = [batchSpecs(batch.firstRow.shape[0]!)];
  const run = await compile(f, { name: 'deberta', inputs, device: { device, ...options }, cacheDirectory });
  const { logits, norms } = await run(batch);
  await run.dispose();
  return { names, logits: logits.data, norms: norms.data };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const worst = Array.from(actual, (value, i) => Math.abs(value - expected[i]!)).reduce((a, b) => Math.max(a, b));
  expect(worst).toBeLessThanOrEqual(tolerance);
}

// transformers 5.24, torch 2.15, eval mode, of the same folders and the examples padded to six tokens.
const cases: [name: string, config: Readonly<Record<string, unknown>>, logits: number[], norms: number[]][] = [
  [
    'v3',
    tinyDebertaConfig,
    [-0.90993655, -0.85473037, 0.98965186, -0.91200912, -0.85825938, 0.99486756, -0.89907134, -0.83689839, 0.96381313],
    // prettier-ignore
    [9.5076, 11.694, 0.18341, 0.27062, 0.21144, 0.003085, 0.019428, 1.0087, 0.57434, 0.17507, 0.33553, 0.0057838,
     0.015071, 0.0066393, 0.017395, 0.1486, 0.23747, 0.64487, 0.89265, 3.1397, 2.7771, 1.1467, 2.5335, 8.5561,
     8.4929, 2.8832, 5.892, 0.0081352, 0.017802, 0.011877, 0.0275, 4.0931, 5.5191, 10.295, 13.349, 17.895,
     13.7, 10.503, 9.1723, 0.031274, 14.079, 19.617],
  ],
  [
    'v2, with all that v3 has not',
    olderDebertaConfig,
    [-0.99860448, -0.99353641, 1.19908893, -0.99252248, -0.98219901, 1.18200099, -0.98927063, -0.97551221, 1.17176414],
    // prettier-ignore
    [10.994, 15.035, 0.99051, 1.0758, 0.85905, 0.57572, 0.50084, 0.39809, 3.3615, 3.3036, 0.81192, 1.5774, 0.66756,
     0.57795, 0.16328, 0.28129, 0.0026134, 0.0053859, 3.2296e-10, 0.0027669, 0.0011815, 0.0055173, 0.0013618,
     0.002909, 0.1356, 0.21534, 0.37208, 0.52274, 1.3396, 1.7774, 0.3984, 0.89719, 10.722, 12.111, 3.433,
     5.2906, 0.015637, 0.030417, 2.7003e-08, 0.027265, 0.0078223, 0.029774, 0.016776, 0.029445, 4.2951,
     7.3143, 13.633, 14.578, 21.635, 16.536, 13.794, 8.8637, 0.022952, 16.773, 24.068],
  ],
  [
    'v2 of one layer, which is the first and the last',
    { ...olderDebertaConfig, num_hidden_layers: 1 },
    [-0.58038491, -0.65588289, 1.21444201, -0.53790152, -0.57126272, 1.13632166, -0.56570786, -0.61342394, 1.15722084],
    // prettier-ignore
    [8.6092, 10.026, 1.31, 2.741, 1.6434, 0.84292, 0.76822, 0.56683, 19.613, 15.645, 1.9977, 3.2713, 1.3507,
     1.0576, 0.12144, 0.20813, 0.0067352, 0.013808, 6.6891e-10, 0.015051, 0.0042562, 0.016416, 0.0086536,
     0.014984, 0.089167, 0.13754, 0.83376, 1.1738, 3.614, 3.7566, 1.1716, 2.6393, 0.014498, 13.473, 24.043],
  ],
];

describe.each(cases)('%s', (name, config, expectedLogits, expectedNorms) => {
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await open(name, config);
  });

  test.each<DeviceName>(['cpu', 'tfjs-cpu'])(
    "logits and all gradients are those of HF's DebertaV2ForSequenceClassification, on %s",
    async (device) => {
      const { names, logits, norms } = await evaluate(checkpoint, pack(examples, 3), device);
      expectClose(logits, expectedLogits, 2e-6);
      expect(names).toHaveLength(expectedNorms.length);
      names.forEach((name, i) => {
        const [ours, expected] = [norms[i]!, expectedNorms[i]!];
        // Of a bias that moves all of a query's scores alike the gradient is rounding.
        const within = Math.abs(ours - expected) <= 1e-4 * expected + 1e-6;
        expect({ name, ours, expected, within }).toMatchObject({ name, within: true });
      });
    },
  );

  test('packed and padded rows give the same logits and gradients', async () => {
    const packed = await evaluate(checkpoint, pack(examples, 3), 'tfjs-cpu');
    const padded = await evaluate(checkpoint, packPadded(examples, 3), 'tfjs-cpu');
    expectClose(padded.logits, packed.logits, 1e-6);
    expectClose(padded.norms, packed.norms, 1e-5 * Math.max(...packed.norms));
  });

  test('fillers of a short batch do not change the others', async () => {
    const { logits } = await evaluate(checkpoint, pack(examples, 4), 'tfjs-cpu');
    expectClose(logits.slice(0, 9), expectedLogits, 2e-6);
  });

  test('one token alone, in a batch of its own and with others', async () => {
    const alone = examples.map(({ inputIds }) => ({ inputIds: inputIds.slice(0, 1), tokenTypeIds: [0], label: 0 }));
    const own = await evaluate(checkpoint, pack(alone.slice(0, 1), 1), 'cpu');
    const mixed = await evaluate(checkpoint, pack([...examples, alone[0]!], 4), 'cpu');
    expectClose(mixed.logits.slice(9), own.logits, 2e-6);
  });

  test('the last layer for first tokens alone gives the same rows and gradients', () => {
    const names = checkpoint.tensors.filter((name) => name.startsWith('deberta.encoder.'));
    const tensor = ({ data, shape, dtype }: ReturnType<typeof pack>['mask']) => tf.tensor(data, [...shape], dtype);
    const host = pack(examples, 3);
    const batch = Object.fromEntries(
      Object.entries(host).map(([key, value]) => [key, tensor(value as typeof host.mask)]),
    ) as unknown as TensorBatch;
    const target = tf.tensor2d(normal(fold(key(5), 'target'), 24, 0, 0.5), [3, 8]);
    const distance = (rows: tf.Tensor2D) => tf.sum(tf.squaredDifference(rows, target));
    const parsed = parseDebertaConfig(config, 'config.json');
    const all = differentiate(checkpoint, names, (context) =>
      distance(firstTokens(batch, debertaEncoder(parsed, context, batch))),
    );
    const few = differentiate(checkpoint, names, (context) => distance(debertaFirstTokens(parsed, context, batch)));
    expectClose(few.value.dataSync(), all.value.dataSync(), 1e-5);
    names.forEach((_, i) => {
      const size = tf.max(tf.abs(all.grads[i]!)).dataSync()[0]!;
      expectClose(few.grads[i]!.dataSync(), all.grads[i]!.dataSync(), 1e-5 * Math.max(size, 0.1));
    });
  });
});

describe('dropout', () => {
  const sitesOf = async (config: Readonly<Record<string, unknown>>): Promise<[string, number][]> => {
    const checkpoint = await open('dropout', config);
    const sites: [string, number][] = [];
    const context = checkpoint.context((x, site, rate) => {
      sites.push([site, rate]);
      return x;
    });
    const f = (batch: TensorBatch) => checkpoint.classify(context, batch);
    const device = { device: 'tfjs-cpu', threads: 1, optimizationLevel: 'all', prepacking: true } as const;
    const run = await compile(f, { name: 'sites', inputs: [batchSpecs(3)], device, cacheDirectory });
    await run(pack(examples, 3));
    return sites;
  };
  const layer = (index: number): [string, number][] => [
    [`deberta.encoder.layer.${index}.attention.self.pos_dropout`, 0.1],
    [`deberta.encoder.layer.${index}.attention.self.dropout`, 0.2],
    [`deberta.encoder.layer.${index}.attention.output.dropout`, 0.1],
    [`deberta.encoder.layer.${index}.output.dropout`, 0.1],
  ];

  test("is asked for at HF's sites, at the configuration's rates, in order", async () => {
    const rates = { attention_probs_dropout_prob: 0.2, cls_dropout: 0.3, pooler_dropout: 0.4 };
    expect(await sitesOf({ ...olderDebertaConfig, ...rates })).toEqual([
      ['deberta.embeddings.dropout', 0.1],
      ...layer(0),
      ['deberta.encoder.conv.dropout', 0.1],
      ...layer(1),
      ['pooler.dropout', 0.4],
      ['dropout', 0.3],
    ]);
  });

  test('on the table takes the same elements from distances that share a row', async () => {
    // Distances beyond 3 have the last row; with everything of it dropped, only they lose their position.
    const config = { ...tinyDebertaConfig, position_buckets: -1, max_relative_positions: 3 };
    const checkpoint = await open('table', config);
    const rows = async (drop: boolean): Promise<Float32Array> => {
      const context = checkpoint.context((x, site) =>
        drop && site.endsWith('pos_dropout') ? (tf.mul(x, tf.tensor2d([0, 1, 1, 1, 1, 1], [6, 1])) as typeof x) : x,
      );
      const f = (batch: TensorBatch) => checkpoint.classify(context, batch);
      const device = { device: 'cpu', threads: 1, optimizationLevel: 'all', prepacking: true } as const;
      const run = await compile(f, { name: 'table', inputs: [batchSpecs(2)], device, cacheDirectory });
      const { data } = await run(
        pack(
          [examples[1]!, examples[0]!].map((one) => ({ ...one, tokenTypeIds: one.inputIds.map(() => 0) })),
          2,
        ),
      );
      return data as Float32Array;
    };
    const [kept, dropped] = [await rows(false), await rows(true)];
    // A text of three tokens has distances up to 2, which are rows 1 to 5.
    expectClose(dropped.slice(0, 3), kept.slice(0, 3), 1e-6);
    expect(Math.abs(dropped[3]! - kept[3]!)).toBeGreaterThan(1e-5);
  });
});

describe("a file's further tensors", () => {
  const opening = (name: string, further: Readonly<Record<string, readonly number[]>>, changes: object = {}) => {
    const tensors = new Map(tinyDebertaTensors(tinyDebertaConfig));
    for (const [key, shape] of Object.entries(further)) {
      tensors.set(key, { shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
    }
    const config = { ...tinyDebertaConfig, ...changes };
    return writeCheckpoint(join(folder, name), tensors, config).then((directory) =>
      openCheckpoint(directory, { numLabels: 3, cacheDirectory, headKey: key(1) }),
    );
  };

  test("v3's are ignored: absolute positions, and heads of pretraining", async () => {
    const further = {
      'deberta.embeddings.position_embeddings.weight': [16, 8],
      'deberta.embeddings.position_ids': [1, 16],
      'mask_predictions.dense.weight': [8, 8],
      'lm_predictions.lm_head.bias': [11],
    };
    expect((await opening('further', further)).notes).toEqual([]);
  });

  test.each([
    ['more layers', {}, { num_hidden_layers: 1 }, 'deberta.encoder.layer.1.attention.output.dense.weight is none'],
    [
      'projections of its own',
      { 'deberta.encoder.layer.0.attention.self.pos_key_proj.weight': [8, 8] },
      {},
      'deberta.encoder.layer.0.attention.self.pos_key_proj.weight is none of its tensors',
    ],
    ['a table of distances', {}, { relative_attention: false }, 'deberta.encoder.rel_embeddings.weight is none'],
  ])('%s than the configuration has are refused', async (name, further, changes, message) => {
    await expect(opening(name, further, changes)).rejects.toThrow(message);
  });

  test('a missing one is named', async () => {
    await expect(opening('missing', {}, { conv_kernel_size: 3 })).rejects.toThrow(
      'deberta.encoder.conv.conv.weight is missing, expected shape [8, 8, 3]',
    );
  });
});
