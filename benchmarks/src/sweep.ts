/** `nx run benchmarks:sweep`: training sequences a second, ours and PyTorch + PEFT's. README.md says what is compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSplit, glueTask } from '@lomap/glue';
import { encode, loadTokenizer } from '@lomap/models';
import { dataOrder } from '@lomap/train';
import type { Child } from './common/child.ts';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { RANK } from './common/methods.ts';
import { startPeer, startWorker } from './common/programs.ts';
import { progress } from './common/progress.ts';
import { findPython } from './common/python.ts';
import { withScratch } from './common/scratch.ts';
import { interleave, PAUSE, type Contestant, type Timed } from './step/interleave.ts';
import { jobOf } from './step/job.ts';
import type { BatchesRequest, Loaded, LoadRequest } from './step/protocol.ts';
import { sweepArguments, type SweepArguments, type SweepTask } from './sweep/arguments.ts';
import { sweepRows, sweepText, type SweepKey, type SweepReport } from './sweep/report.ts';

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
    const { batches, trainingRows } = await batchesOf(task, args);
    const children: { engine: SweepKey['engine']; child: Child }[] = [];
    const start = async (engine: SweepKey['engine'], startOne: () => Child): Promise<void> => {
      const most = Math.max(...args.jobs);
      for (let i = 0; i < most; i++) {
        progress(`${task}: loading ${engine} ${i + 1} of ${most}`);
        const child = startOne();
        children.push({ engine, child });
        const loaded = (await child.ask(requestOf(batches, args, join(scratch, 'cache')))) as Loaded;
        Object.assign(versions, loaded.versions);
        notes.push(...loaded.notes.map((note) => `${task}: ${note}`));
      }
    };
    try {
      await start('compiled', () => startWorker('step-worker.js'));
      if (python && 'command' in python) {
        await start('pytorch-peft', () => startPeer(python.command, 'pytorch_peft_step.py', 1));
      }
      const contestants = args.jobs.flatMap((processes) =>
        [...new Set(children.map(({ engine }) => engine))].map((engine) => {
          const own = children.filter((child) => child.engine === engine).map(({ child }) => child);
          return contestant({ task, engine, trainingRows }, own.slice(0, processes), batches, args.runs);
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
async function batchesOf(
  name: SweepTask,
  { model, data, batch, batches }: SweepArguments,
): Promise<{ batches: BatchesRequest; trainingRows: number }> {
  const task = glueTask(name);
  const tokenizer = loadTokenizer(model);
  const rows = await loadSplit(task, data, task.splits.train);
  const rowsOf = dataOrder(0, rows.length, batch);
  const inputIds = Array.from({ length: batches }, (_, step) =>
    Array.from(rowsOf(step), (row) => encode(tokenizer, rows[row]!.text, rows[row]!.pair, 128).inputIds),
  );
  const labels = inputIds.map((ids) => ids.map((_, example) => example % 2));
  return { batches: { command: 'batches', inputIds, labels }, trainingRows: rows.length };
}

function requestOf({ inputIds }: BatchesRequest, args: SweepArguments, cacheDirectory: string): LoadRequest {
  const { model, method, dropout } = args;
  const config = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8')) as { hidden_size: number };
  // The batch with the most tokens: what memory a process will need, it has from the start.
  const tokens = inputIds.map((rows) => rows.reduce((sum, row) => sum + row.length, 0));
  const largest = inputIds[tokens.indexOf(Math.max(...tokens))]!;
  const padTo = Math.max(...largest.map((row) => row.length));
  const chosen = { model, rank: RANK, threads: 1, inputIds: largest, padTo, dropout, cacheDirectory };
  return { ...jobOf(config.hidden_size, chosen), method, device: 'cpu', torchCompile: false };
}

/** A turn: every process trains on all batches at once; its time is the slowest one's. */
function contestant(
  of: Pick<SweepKey, 'task' | 'engine' | 'trainingRows'>,
  children: readonly Child[],
  batches: BatchesRequest,
  runs: number,
): Contestant<SweepKey> {
  const sequences = children.length * batches.inputIds.reduce((sum, rows) => sum + rows.length, 0);
  return {
    key: { ...of, processes: children.length, sequences },
    runs,
    async run() {
      const started = performance.now();
      await Promise.all(children.map((child) => child.ask(batches)));
      return performance.now() - started;
    },
  };
}
