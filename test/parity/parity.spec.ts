/**
 * Our logits, loss, gradients and 30-step trajectories against PyTorch + HF transformers + HF PEFT, eager and compiled.
 * `PARITY_DIR` names another folder of fixtures of the same layout.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, float32, int32, type DeviceOptions, type Hosts, type tf } from '@lomap/compile';
import { architectureTypes, type Context, type HostBatch, type TensorBatch } from '@lomap/models';
import {
  createOptimizer,
  freshState,
  flatLayout,
  lossAndGradient,
  packParams,
  splitParams,
  trainStep,
  unpackParams,
} from '@lomap/train';
import { inCi, needs } from '../needs/needs.ts';
import { openParityCase, parityCases, type ParityCase } from './fixture.ts';

const SUPPORTED_MODELS = architectureTypes();
const cases = parityCases();
const cacheDirectory = mkdtempSync(join(tmpdir(), 'lomap-parity-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

needs(cases.length === 0 ? 'no fixtures of parity; set PARITY_DIR' : null, inCi).test('fixtures of parity', () => {
  expect(cases).not.toHaveLength(0);
});

for (const { name, modelType } of cases) {
  if (!SUPPORTED_MODELS.includes(modelType)) {
    needs(`models of type ${modelType} are not supported yet`).test(name, () => {});
    continue;
  }
  describe.each(['compiled', 'eager'])(`${name}, %s`, (engine) => {
    const device: DeviceOptions = {
      device: engine === 'compiled' ? 'cpu' : 'tfjs-cpu',
      threads: 2,
      optimizationLevel: 'all',
      prepacking: true,
    };
    let opened: ParityCase;
    beforeAll(async () => {
      opened = await openParityCase(name, cacheDirectory);
    });

    test('logits, loss and gradients', async () => {
      const { logits, loss, gradients } = await evaluate(opened, device);
      const expected = opened.objective.expected(opened.expected.logits);
      expect(logits).toHaveLength(expected.length);
      expected.forEach((value, i) => expect(Math.abs(logits[i]! - value)).toBeLessThanOrEqual(1e-5));
      expect(Math.abs(loss - opened.expected.loss)).toBeLessThanOrEqual(1e-5);
      const kindNorms = new Map<string, number>();
      for (const { kind, norm } of opened.gradients) kindNorms.set(kind, Math.hypot(kindNorms.get(kind) ?? 0, norm));
      opened.gradients.forEach(({ name, kind, norm, first }, i) => {
        const ours = gradients[i]!;
        const tolerance = 1e-4 * norm + 1e-6 * kindNorms.get(kind)!;
        const worst = Math.max(
          ...first.map((value, j) => Math.abs(ours[j]! - value)),
          Math.abs(Math.hypot(...ours) - norm),
        );
        expect({ name, within: worst <= tolerance, worst, tolerance }).toMatchObject({ name, within: true });
        if (norm === 0) expect({ name, zero: ours.every((value) => value === 0) }).toEqual({ name, zero: true });
      });
    });

    test('30 training steps', async () => {
      const losses = await train(opened, device);
      const start = name.endsWith('-start');
      opened.trajectory.forEach((step, k) => {
        const { loss, norm } = losses[k]!;
        const lossTolerance = start ? 2e-5 : 1e-4 * Math.abs(step.loss);
        expect({ k, loss: Math.abs(loss - step.loss) <= lossTolerance, got: loss, want: step.loss }).toMatchObject({
          k,
          loss: true,
        });
        if (start) return;
        expect({
          k,
          norm: Math.abs(norm - step.grad_norm) <= 1e-4 * step.grad_norm,
          got: norm,
          want: step.grad_norm,
        }).toMatchObject({ k, norm: true });
      });
    });
  });
}

/** Without dropout: the context of a case's model with these parameters. */
function contextOf({ checkpoint, adaptation }: ParityCase, params: readonly tf.Tensor[]): Context {
  return adaptation.context(params, checkpoint.context());
}

async function evaluate(
  opened: ParityCase,
  device: DeviceOptions,
): Promise<{ logits: ArrayLike<number>; loss: number; gradients: Float32Array[] }> {
  const { objective } = opened;
  const flat = flatLayout(opened.adaptation.specs);
  const params = float32(packParams(flat, opened.params), [flat.size]);
  const run = async <R>(f: (params: tf.Tensor1D, batch: TensorBatch) => R, batch: HostBatch): Promise<Hosts<R>> => {
    const inputs = [{ dtype: 'float32', shape: [flat.size] }, objective.specs] as const;
    const compiled = await compile(f, { name: 'parity', inputs: [...inputs], device, cacheDirectory });
    const result = await compiled(params, batch);
    await compiled.dispose();
    return result;
  };
  const loss = (own: tf.Tensor[], batch: TensorBatch): tf.Scalar => objective.loss(contextOf(opened, own), batch);
  const [logits, ofLoss] = [
    await run((own, batch) => {
      return { all: objective.logits(contextOf(opened, splitParams(flat, own)), batch) };
    }, objective.everywhere),
    await run((own, batch) => lossAndGradient(flat, loss, own, batch, own), objective.batches[0]!),
  ];
  return {
    logits: logits.all.data,
    loss: ofLoss.loss.data[0]!,
    gradients: unpackParams(flat, ofLoss.gradient.data as Float32Array),
  };
}

async function train(opened: ParityCase, device: DeviceOptions): Promise<{ loss: number; norm: number }[]> {
  const { objective } = opened;
  const flat = flatLayout(opened.adaptation.specs);
  // The fixtures decay every matrix and nothing else.
  const settings = { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01, learningRateScale: () => 1 } as const;
  const optimizer = createOptimizer('adamw', settings);
  const step = trainStep<TensorBatch>({
    layout: flat,
    loss: (params, batch) => objective.loss(contextOf(opened, params), batch),
    optimizer,
    clipping: { maxNorm: 1, by: 'joint' },
  });
  const vector = { dtype: 'float32', shape: [flat.size] } as const;
  const number = { dtype: 'float32', shape: [1] } as const;
  const run = await compile(step, {
    name: 'parity-step',
    inputs: [
      { params: vector, m: vector, v: vector },
      objective.specs,
      {
        learningRate: number,
        correction1: number,
        correction2: number,
        dropoutOffsets: { dtype: 'int32', shape: [1] },
      },
    ],
    device,
    cacheDirectory,
  });
  let state = freshState(optimizer, packParams(flat, opened.params));
  const history: { loss: number; norm: number }[] = [];
  for (const [k, { lr }] of opened.trajectory.entries()) {
    const { learningRate, correction1, correction2 } = optimizer.hyper({ k, learningRate: lr });
    const hyper = {
      learningRate: float32([learningRate!], [1]),
      correction1: float32([correction1!], [1]),
      correction2: float32([correction2!], [1]),
      dropoutOffsets: int32([0], [1]),
    };
    const result = await run(state, objective.batches[k % objective.batches.length]!, hyper);
    state = result.state;
    history.push({ loss: result.metrics.loss.data[0]!, norm: Math.hypot(...result.metrics.gradientNorm.data) });
  }
  await run.dispose();
  return history;
}
