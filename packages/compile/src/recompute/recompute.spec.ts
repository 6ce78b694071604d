import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { compile } from '../compile.ts';
import { float32, int32 } from '../host.ts';
import { checkpoint } from '../ops/checkpoint.ts';
import { maskWindow } from '../ops/mask-window.ts';
import { writeOnnx } from '../onnx/write.ts';
import { optimize } from '../passes/index.ts';
import { producers, tensors } from '../passes/rewrite.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import { cpu, eagerCpu, expectClose, N, randomInput } from '../testing/both.ts';
import { graphOf, ops, runGraph } from '../testing/graphs.ts';
import { floats, ints } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { recompute } from './recompute.ts';

const directory = temporaryFolder();
const SITES = 3;
const POOL = 512;
const specs = [floats(N, 4), floats(4, 4), floats(4, 4), floats(4, 4), floats(POOL), ints(SITES)];

/** A scale that every layer shares: sin appears nowhere else. */
const scaleOf = (x: tf.Tensor): tf.Tensor => tf.sin(x);

/**
 * Loss and weights' gradients of three layers tanh(x W) ⊙ mask ⊙ scale with a residual; the input of the layers in `marked` is
 * checkpointed.
 */
function threeLayers(marked: readonly number[]): (...inputs: tf.Tensor[]) => tf.Tensor[] {
  return (x, w0, w1, w2, pool, offsets) => {
    const loss = (...weights: tf.Tensor[]): tf.Scalar => {
      const scale = scaleOf(tf.sum(x!, 1, true));
      let hidden = x!;
      for (const [layer, weight] of weights.entries()) {
        const own = marked.includes(layer) ? checkpoint(hidden) : hidden;
        const mask = maskWindow(pool as tf.Tensor1D, offsets as tf.Tensor1D, layer, own.shape);
        const inner = tf.mul(tf.tanh(tf.matMul(own as tf.Tensor2D, weight as tf.Tensor2D)), mask);
        hidden = tf.add(own, tf.mul(inner, scale));
      }
      return tf.sum(tf.square(hidden));
    };
    const { value, grads } = tf.valueAndGrads(loss)([w0!, w1!, w2!]);
    return [value, ...grads];
  };
}

const plain = optimize(graphOf(threeLayers([]), specs));
const marked = optimize(graphOf(threeLayers([0, 1, 2]), specs, true));
const again = recompute(marked);
const inputs = (rows: number): ReturnType<typeof randomInput>[] => [
  ...specs.slice(0, 5).map((spec, i) => randomInput(spec, { N: rows }, `input ${i}`)),
  int32(Int32Array.of(1, 12, 30), [SITES]),
];
const count = (graph: SymbolicGraph, op: string): number => ops(graph).filter((other) => other === op).length;

describe('checkpoint', () => {
  test('leaves no trace unless it is asked for', () => {
    expect(optimize(graphOf(threeLayers([0, 1, 2]), specs))).toEqual(plain);
    expect([count(marked, 'Checkpoint'), count(marked, 'CheckpointGradient')]).toEqual([3, 2]);
  });

  test('is the tensor itself eagerly', async () => {
    await tf.setBackend('cpu');
    const x = tf.tensor1d([1, 2]);
    expect(checkpoint(x)).toBe(x);
    x.dispose();
  });
});

describe('recompute', () => {
  test('takes the marks out and clones what the backward part reads of all segments but the last', () => {
    expect([count(again, 'Checkpoint'), count(again, 'CheckpointGradient')]).toEqual([0, 0]);
    expect([count(plain, 'Tanh'), count(again, 'Tanh')]).toEqual([3, 5]);
    expect([count(plain, 'MaskWindow'), count(again, 'MaskWindow')]).toEqual([3, 5]);
  });

  test('what all segments share is computed once', () => {
    expect([count(plain, 'Sin'), count(again, 'Sin')]).toEqual([1, 1]);
  });

  test('clones wait for the gradient behind their segment', () => {
    const made = producers(again);
    const ancestors = (node: SymbolicNode): Set<SymbolicNode> => {
      const all = new Set<SymbolicNode>([node]);
      for (const one of all) for (const { id } of tensors(one)) if (made.has(id)) all.add(made.get(id)!);
      return all;
    };
    const loss = made.get(again.outputs[0]!.id)!;
    const forward = ancestors(loss);
    const clones = again.nodes.filter((node) => ['Tanh', 'MaskWindow'].includes(node.op) && !forward.has(node));
    expect(clones).toHaveLength(4);
    // Every gradient is computed from the last layer's tanh, which the forward part alone makes.
    const last = [...forward].filter(({ op }) => op === 'Tanh').at(0)!;
    for (const clone of clones) expect(ancestors(clone)).toContain(last);
  });

  test('a graph without marks stays', () => {
    expect(recompute(plain)).toEqual(plain);
  });

  test('values and gradients are the same bits', async () => {
    for (const rows of [1, 6]) {
      const [expected, actual] = [
        await runGraph(plain, specs, inputs(rows), directory),
        await runGraph(again, specs, inputs(rows), directory),
      ];
      expect(actual).toEqual(expected);
    }
  });

  test('a first layer without checkpoint, and a layer whose result a later segment reads past it', async () => {
    const skip = (checkpoints: boolean): ((...all: tf.Tensor[]) => tf.Tensor[]) => {
      const mark = checkpoints ? checkpoint : <T>(x: T): T => x;
      return (x, w0, w1) => {
        const { value, grads } = tf.valueAndGrads((a, b) => {
          const first = tf.tanh(tf.matMul(mark(x!) as tf.Tensor2D, a as tf.Tensor2D));
          const second = tf.sigmoid(tf.matMul(mark(tf.square(first)), b as tf.Tensor2D));
          return tf.sum(tf.mul(tf.mul(mark(second), first), first));
        })([w0!, w1!]);
        return [value, ...grads];
      };
    };
    const own = specs.slice(0, 3);
    const cases = [
      { expected: graphOf(skip(false), own), actual: graphOf(skip(true), own, true), inputs: own },
      { expected: graphOf(threeLayers([]), specs), actual: graphOf(threeLayers([1, 2]), specs, true), inputs: specs },
    ];
    for (const { expected, actual, inputs: used } of cases) {
      const values = inputs(5).slice(0, used.length);
      const late = recompute(optimize(actual));
      expect(late.nodes.length).toBeGreaterThan(optimize(expected).nodes.length);
      expect(await runGraph(late, used, values, directory)).toEqual(
        await runGraph(optimize(expected), used, values, directory),
      );
    }
  });

  test('compiled with it: as eagerly, where it is ignored', async () => {
    const results = [];
    for (const device of [cpu, eagerCpu]) {
      const f = threeLayers([0, 1, 2]);
      const run = await compile(f, {
        name: 'test',
        inputs: specs as never,
        device,
        cacheDirectory: directory,
        recompute: true,
      });
      results.push(await (run as (...all: unknown[]) => Promise<ReturnType<typeof float32>[]>)(...inputs(6)));
      await run.dispose();
    }
    expectClose(results[0]!, results[1]!);
  });

  test("ONNX Runtime's optimisations leave the clones, and run them after the gradients they wait for", async () => {
    const profiles = mkdtempSync(join(directory, 'profile-'));
    const model = writeOnnx(again, specs, new Map());
    const session = await ort.InferenceSession.create(model.bytes, {
      graphOptimizationLevel: 'all',
      enableProfiling: true,
      profileFilePrefix: join(profiles, 'p'),
    });
    const feeds = inputs(6).map(({ data, shape }) =>
      data instanceof Int32Array ? new ort.Tensor('int32', data, shape) : new ort.Tensor('float32', data, shape),
    );
    await session.run(Object.fromEntries(model.inputNames.map((name, i) => [name, feeds[i]!])));
    session.endProfiling();
    await session.release();
    const events = JSON.parse(readFileSync(join(profiles, readdirSync(profiles)[0]!), 'utf8')) as {
      readonly name: string;
      readonly args?: { readonly op_name?: string };
    }[];
    const ran = events.filter(({ name }) => name.endsWith('_kernel_time')).map(({ args }) => args!.op_name!);
    // A layer is one FusedGemm, its tanh included; the backward part's products are Gemms.
    const layers = ran.flatMap((op, i) => (op === 'FusedGemm' ? [i] : []));
    const products = ran.flatMap((op, i) => (op === 'Gemm' ? [i] : []));
    expect(layers).toHaveLength(3 + 2);
    for (const before of [3, 4]) {
      expect(products.some((i) => i > layers[before - 1]! && i < layers[before]!)).toBe(true);
    }
  });
});
