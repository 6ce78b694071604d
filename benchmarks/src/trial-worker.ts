/** Our side of benchmarks:trial: one trial from files to dev scores, in a fresh process. */
import { onnxRuntimeVersion, peakMemoryBytes } from '@lomap/compile';
import { loadSplit, glueTask, type GlueTask } from '@lomap/glue';
import { score, type Example } from '@lomap/tasks';
import { encode, loadTokenizer, type EncodedExample } from '@lomap/models';
import { fit, predict } from '@lomap/train';
import { adaptedModel, commonTraining } from './common/adapted-model.ts';
import { serve } from './common/serve.ts';
import type { TrialAnswer, TrialJob } from './trial/protocol.ts';

async function run(job: TrialJob): Promise<TrialAnswer> {
  const task = glueTask(job.task);
  const tokenizer = loadTokenizer(job.model);
  const encoded = (examples: readonly Example[]): EncodedExample[] =>
    examples.map(({ text, pair, label }) => ({ ...encode(tokenizer, text, pair, job.maxLength), label }));
  const heldOut = new Set(job.selectionRows);
  const rows = await loadSplit(task, job.data, task.splits.train);
  const train = encoded(rows.filter(({ index }) => !heldOut.has(index)));
  const selection = encoded(rows.filter(({ index }) => heldOut.has(index)));
  const model = await adaptedModel({
    ...job,
    ...{ numLabels: task.numLabels, kind: task.kind },
    device: { device: 'cpu', threads: job.threads, optimizationLevel: 'all', prepacking: true },
  });
  const { batchSize, epochs, maxSteps, maxLength, learningRate, warmupRatio, maxGradNorm, dropout } = job;
  const fitted = await fit({
    ...model,
    train,
    selection,
    score: (logits) => scoresOf(task, logits, selection),
    primaryMetric: task.primaryMetric,
    selectEpoch: 'best',
    settings: {
      ...commonTraining,
      ...{ batchSize, epochs, maxSteps, maxLength, learningRate, warmupRatio, maxGradNorm, dropout },
    },
    seed: job.seed,
    resumeDirectory: null,
    saveEverySteps: Number.MAX_SAFE_INTEGER,
  });
  const dev = encoded(await loadSplit(task, job.data, 'dev'));
  const logits = await predict({ ...model, params: fitted.params, examples: dev });
  const { user, system } = process.cpuUsage();
  return {
    type: 'result',
    steps: fitted.steps,
    parameters: fitted.params.reduce((sum, { length }) => sum + length, 0),
    selectionScore: fitted.selectionScore,
    dev: scoresOf(task, logits, dev),
    processorSeconds: (user + system) / 1e6,
    peakMemoryBytes: peakMemoryBytes(),
    versions: { onnxruntime: onnxRuntimeVersion() },
  };
}

function scoresOf(task: GlueTask, logits: number[][], examples: readonly EncodedExample[]): Record<string, number> {
  return score(
    task,
    logits,
    examples.map(({ label }) => label),
  ).scores;
}

await serve((message) => run(message as TrialJob));
// TensorFlow.js and ONNX Runtime can keep handles open.
process.exit(0);
