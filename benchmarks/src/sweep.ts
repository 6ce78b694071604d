/** `nx run benchmarks:sweep`: training sequences a second, ours and PyTorch + PEFT's. README.md says what is compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSplit, task as glueTask } from '@lomap/glue';
import { encode, loadTokenizer } from '@lomap/models';
import { dataOrder } from '@lomap/train';
import { startChild, type Child } from './common/child.ts';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { RANK } from './common/methods.ts';
import { peerProgram, workerProgram } from './common/paths.ts';
import { progress } from './common/progress.ts';
import { findPython } from './common/python.ts';
import { withScratch } from './common/scratch.ts';
import { classifierOf } from './step/batch.ts';
import { interleave, type Contestant, type Timed } from './step/interleave.ts';
import type { BatchesRequest, Loaded, LoadRequest } from './step/protocol.ts';
import { sweepArguments, type SweepArguments, type SweepTask } from './sweep/arguments.ts';
import { sweepRows, sweepText, type SweepKey, type SweepReport } from './sweep/report.ts';

/** OpenMP's idle threads may spin for 200 ms. */
const PAUSE = 250;

await runMain(async () => {
  const args = sweepArguments(process.argv.slice(2));
  const report = await withScratch((directory) => run(args, directory));
  console.log(args.json ? JSON.stringify(report) : `\n${sweepText(report)}`);
});

async function run(args: SweepArguments, scratch: string): Promise<SweepReport> {
  const machine = describeMachine();
  const python = args.alone ? null : findPython();
  const notes = python && 'missing' in python ? [`pytorch-peft is left out. ${python.missing}`] : [];
  const timed: Timed<SweepKey>[] = [];
  const versions: Record<string, string> = {};
  for (const task of args.tasks) {
    const batches = await batchesOf(task, args);
    const children: { engine: SweepKey['engine']; child: Child }[] = [];
    const start = async (engine: SweepKey['engine'], command: string, program: string[]): Promise<void> => {
      for (let i = 0; i < args.jobs; i++) {
        progress(`${task}: loading ${engine} ${i + 1} of ${args.jobs}`);
        const child = startChild(command, program, { OMP_NUM_THREADS: '1' });
        children.push({ engine, child });
        const loaded = (await child.ask(jobOf(batches, args, join(scratch, 'cache')))) as Loaded;
        Object.assign(versions, loaded.versions);
        notes.push(...loaded.notes.map((note) => `${task}: ${note}`));
      }
    };
    try {
      await start('compiled', process.execPath, [workerProgram('step-worker.js')]);
      if (python && 'command' in python) {
        await start('pytorch-peft', python.command, ['-W', 'ignore', peerProgram('pytorch_peft_step.py')]);
      }
      const contestants = [...new Set([1, args.jobs])].flatMap((processes) =>
        [...new Set(children.map(({ engine }) => engine))].map((engine) => {
          const own = children.filter((child) => child.engine === engine).map(({ child }) => child);
          return contestant(task, engine, own.slice(0, processes), batches, args);
        }),
      );
      timed.push(
        ...(await interleave(contestants, PAUSE, (round, rounds) => progress(`${task}: ${round + 1} of ${rounds}`))),
      );
    } finally {
      await Promise.all(children.map(({ child }) => child.end()));
    }
  }
  const { method, batches, runs, batch, dropout } = args;
  const settings = { method, batch, 'batches a turn': batches, runs, maxLength: 128, rank: RANK, dropout };
  return { ...sweepRows(timed), machine: { ...machine, versions }, settings, notes: [...new Set(notes)] };
}

/** Batches of training rows in random order, the same ones for both sides and every turn. */
async function batchesOf(name: SweepTask, { model, data, batch, batches }: SweepArguments): Promise<BatchesRequest> {
  const task = glueTask(name);
  const tokenizer = loadTokenizer(model);
  const rows = await loadSplit(task, data, task.splits.train);
  const rowsOf = dataOrder(0, rows.length, batch);
  const inputIds = Array.from({ length: batches }, (_, step) =>
    Array.from(rowsOf(step), (row) => encode(tokenizer, rows[row]!.text, rows[row]!.pair, 128).inputIds),
  );
  return { command: 'batches', inputIds, labels: inputIds.map((rows) => rows.map((_, example) => example % 2)) };
}

function jobOf({ inputIds, labels }: BatchesRequest, args: SweepArguments, cacheDirectory: string): LoadRequest {
  const config = JSON.parse(readFileSync(join(args.model, 'config.json'), 'utf8')) as { hidden_size: number };
  // The batch with the most tokens: what memory a process will need, it has from the start.
  const tokens = inputIds.map((rows) => rows.reduce((sum, row) => sum + row.length, 0));
  const largest = tokens.indexOf(Math.max(...tokens));
  return {
    command: 'load',
    model: args.model,
    method: args.method,
    rank: RANK,
    threads: 1,
    learningRate: 1e-4,
    maxGradNorm: 1,
    inputIds: inputIds[largest]!,
    padTo: Math.max(...inputIds[largest]!.map((row) => row.length)),
    labels: labels[largest]!,
    classifier: classifierOf(config.hidden_size),
    device: 'cpu',
    cacheDirectory,
    dropout: args.dropout,
    torchCompile: false,
  };
}

/** A turn: every process trains on all batches at once; its time is the slowest one's. */
function contestant(
  task: SweepTask,
  engine: SweepKey['engine'],
  children: readonly Child[],
  batches: BatchesRequest,
  { runs }: SweepArguments,
): Contestant<SweepKey> {
  const sequences = children.length * batches.inputIds.reduce((sum, rows) => sum + rows.length, 0);
  return {
    key: { task, engine, processes: children.length, sequences },
    runs,
    async run() {
      const started = performance.now();
      await Promise.all(children.map((child) => child.ask(batches)));
      return performance.now() - started;
    },
  };
}
