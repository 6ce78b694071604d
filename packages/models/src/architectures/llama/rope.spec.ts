import { beforeAll, expect, test } from '@jest/globals';
import { compile, int32, tf, type DeviceName } from '@lomap/compile';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { parseLlamaConfig } from './config.ts';
import { rotation } from './rope.ts';

const cacheDirectory = temporaryFolder();
const llama3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

/**
 * The cosines at positions 0, 1, 8191 and a later one (16000 of `dynamic`, else 100000), by transformers 5.24's
 * LlamaRotaryEmbedding: heads of 16 values, 8192 positions.
 */
const cases: readonly [rope: Record<string, unknown>, last: number, cosines: readonly (readonly number[])[]][] = [
  [
    { rope_type: 'default', rope_theta: 500000 },
    1e5,
    [
      [1, 1, 1, 1, 1, 1, 1, 1],
      [0.540302, 0.981256, 0.999293, 0.999973, 0.999999, 1, 1, 1],
      [-0.64639, 0.339305, 0.988023, -0.999034, 0.554904, -0.625343, 0.906608, 0.996434],
      [-0.999361, -0.713679, -0.993207, 0.914315, -0.998767, -0.660347, 0.569508, 0.513671],
    ],
  ],
  [
    { rope_type: 'linear', rope_theta: 10000, factor: 4 },
    1e5,
    [
      [1, 1, 1, 1, 1, 1, 1, 1],
      [0.968912, 0.996877, 0.999687, 0.999969, 0.999997, 1, 1, 1],
      [0.842758, 0.92592, -0.841098, -0.345618, -0.0571157, 0.981554, -0.459075, 0.797561],
      [0.700758, 0.123263, 0.759825, 0.442967, 0.240988, -0.869242, 0.991203, -0.0516898],
    ],
  ],
  [
    { rope_type: 'dynamic', rope_theta: 10000, factor: 2 },
    16e3,
    [
      [1, 1, 1, 1, 1, 1, 1, 1],
      [0.540302, 0.963364, 0.997284, 0.9998, 0.999985, 0.999999, 1, 1],
      [-0.64639, 0.977157, 0.772989, 0.824346, 0.858928, 0.887801, -0.990133, 0.628491],
      [-0.991381, -0.888405, -0.0844446, 0.987221, 0.539453, 0.0505233, 0.991804, -0.169192],
    ],
  ],
  [
    { rope_type: 'llama3', rope_theta: 500000, factor: 8, ...llama3 },
    1e5,
    [
      [1, 1, 1, 1, 1, 1, 1, 1],
      [0.540302, 0.981256, 0.999293, 0.999973, 1, 1, 1, 1],
      [-0.64639, 0.339305, 0.988023, -0.999034, -0.401703, 0.960835, 0.998518, 0.999944],
      [-0.999361, -0.713679, -0.993207, 0.914315, -0.603852, -0.959236, 0.787048, 0.991702],
    ],
  ],
];

const sizes = { vocab_size: 10, hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 4, intermediate_size: 8 };
const configOf = (rope_parameters: Record<string, unknown>) =>
  parseLlamaConfig({ ...sizes, max_position_embeddings: 8192, rope_parameters }, 'config.json');

async function angles(rope: Record<string, unknown>, positions: number[], device: DeviceName) {
  const f = (places: tf.Tensor1D) => ({ ...rotation(configOf(rope), places) });
  const run = await compile(f, {
    name: 'rotation',
    inputs: [{ dtype: 'int32', shape: [{ symbol: 'N', times: 1 }] }],
    device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
    cacheDirectory,
  });
  const { cos, sin } = await run(int32(positions, [positions.length]));
  await run.dispose();
  return { cos: [...cos.data], sin: [...sin.data] };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each(cases)('%j', async (rope, last, cosines) => {
  for (const device of ['cpu', 'tfjs-cpu'] as const) {
    const { cos, sin } = await angles(rope, [0, 1, 8191, last], device);
    // Of `dynamic` the frequencies themselves are computed in float32, and angles are thousands of radians.
    const tolerance = rope['rope_type'] === 'dynamic' ? 2e-3 : 2e-5;
    cosines.flat().forEach((value, i) => {
      expect({ device, i, off: Math.abs(cos[i]! - value) > tolerance }).toEqual({ device, i, off: false });
      expect(sin[i]! ** 2 + cos[i]! ** 2).toBeCloseTo(1, 5);
    });
  }
});

test('dynamic is default while no sequence is longer than the positions of training', async () => {
  const dynamic = await angles({ rope_type: 'dynamic', rope_theta: 10000, factor: 2 }, [5, 8191], 'cpu');
  expect(dynamic).toEqual(await angles({ rope_type: 'default', rope_theta: 10000 }, [5, 8191], 'cpu'));
});
