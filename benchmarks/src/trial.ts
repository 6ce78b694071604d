/** `nx run benchmarks:trial`: one whole trial, ours and then PyTorch + PEFT's. README.md says what is compared. */
import { join } from 'node:path';
import { loadSplit, glueTask } from '@lomap/glue';
import { selectionSplit } from '@lomap/tasks';
import type { Child } from './common/child.ts';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { RANK } from './common/methods.ts';
import { startPeer, startWorker } from './common/programs.ts';
import { findPython } from './common/python.ts';
import { withScratch } from './common/scratch.ts';
import { trialArguments, type TrialArguments } from './trial/arguments.ts';
import type { TrialAnswer, TrialJob } from './trial/protocol.ts';
import { trialRatios, trialText, type TrialReport, type TrialRow } from './trial/report.ts';

await runMain(async () => {
  const args = trialArguments(process.argv.slice(2));
  const report = await withScratch((directory) => run(args, directory));
  console.log(args.json ? JSON.stringify(report) : `\n${trialText(report)}`);
});

async function run(args: TrialArguments, scratch: string): Promise<TrialReport> {
  const machine = describeMachine();
  const notes: string[] = [];
  const python = args.alone ? null : findPython();
  const job = await jobOf(args, scratch);
  const { method, threads } = args;
  const rows: TrialRow[] = [];
  const versions: Record<string, string> = {};
  const time = async (engine: TrialRow['engine'], start: () => Child): Promise<void> => {
    console.error(`running ${engine} ...`);
    const { type: _, versions: own, ...answer } = await timed(start, job);
    rows.push({ engine, method, threads, ...answer });
    Object.assign(versions, own);
  };
  await time('compiled', () => startWorker('trial-worker.js'));
  if (python && 'command' in python) {
    await time('pytorch-peft', () => startPeer(python.command, 'pytorch_peft_trial.py', threads));
    if (method === 'lomap') notes.push('LoMAP is not in PEFT: by the formula in plain PyTorch.');
  } else if (python) {
    notes.push(`pytorch-peft is left out. ${python.missing}`);
  }
  check(rows);
  const { task, epochs, maxSteps, batchSize, maxLength, learningRate, dropout, rank } = job;
  const settings = { task, method, epochs, maxSteps, batchSize, maxLength, learningRate, dropout, rank, threads };
  return { rows, machine: { ...machine, versions }, ratios: trialRatios(rows), settings, notes };
}

async function jobOf(args: TrialArguments, scratch: string): Promise<TrialJob> {
  const { model, data, method, threads, epochs, maxSteps } = args;
  const task = glueTask(args.task);
  const rows = await loadSplit(task, data, task.splits.train);
  const { selection } = selectionSplit(rows, { fraction: 0.1, maximum: 2000, seed: 0 });
  return {
    ...{ task: args.task, model, data, method, threads, epochs, maxSteps, rank: RANK },
    batchSize: 32,
    maxLength: 128,
    learningRate: 1e-3,
    warmupRatio: 0.1,
    maxGradNorm: 1,
    dropout: 0.1,
    seed: 1,
    selectionRows: selection.map(({ index }) => index),
    cacheDirectory: join(scratch, 'cache'),
  };
}

/** Start to result: the process's start, its imports, loading, compiling, training and both evaluations. */
async function timed(start: () => Child, job: TrialJob): Promise<TrialAnswer & { seconds: number }> {
  const started = performance.now();
  const child = start();
  const answer = (await child.ask(job)) as TrialAnswer;
  const seconds = (performance.now() - started) / 1000;
  await child.end();
  return { ...answer, seconds };
}

function check(rows: readonly TrialRow[]): void {
  for (const what of ['steps', 'parameters'] as const) {
    const values = rows.map((row) => row[what]);
    if (new Set(values).size > 1) throw new Error(`The two sides differ in ${what}: ${values.join(', ')}.`);
  }
}
