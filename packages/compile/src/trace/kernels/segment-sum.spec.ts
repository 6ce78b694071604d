import { expect, test } from '@jest/globals';
import { compile } from '../../compile.ts';
import { float32, int32 } from '../../host.ts';
import { key, normal } from '../../random.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { cpu } from '../../testing/both.ts';
import { tf } from '../../tf.ts';

const cacheDirectory = temporaryFolder();

/** What an embedding's gradient is. ONNX Runtime's ScatterND lost about one row in a run of ten with two threads. */
test('a segment sum adds every row whatever the number of threads, always with the same bits', async () => {
  const [rows, width, segments] = [2000, 128, 500];
  const x = normal(key(1), rows * width);
  const ids = Int32Array.from({ length: rows }, (_, i) => (i * 7919) % segments);
  const expected = new Float32Array(segments * width);
  ids.forEach((id, row) => {
    for (let j = 0; j < width; j++) expected[id * width + j]! += x[row * width + j]!;
  });
  const run = await compile((x: tf.Tensor, ids: tf.Tensor) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, segments), {
    name: 'segment sum',
    inputs: [
      { dtype: 'float32', shape: [rows, width] },
      { dtype: 'int32', shape: [rows] },
    ],
    device: { ...cpu, threads: 4 },
    cacheDirectory,
  });
  for (let i = 0; i < 30; i++) {
    const { data } = await run(float32(x, [rows, width]), int32(ids, [rows]));
    expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(Buffer.from(expected.buffer))).toBe(true);
  }
  await run.dispose();
});
