/** `nx run benchmarks:memory`: peak memory by model, batch, length and method. README.md says what is compared. */
import { join } from 'node:path';
import type { Child } from './common/child.ts';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { RANK, type MethodName } from './common/methods.ts';
import { modelShapes, type ModelName } from './common/model-shapes.ts';
import { startPeer, startWorker } from './common/programs.ts';
import { progress } from './common/progress.ts';
import { findPython } from './common/python.ts';
import { writeRandomModel } from './common/random-model.ts';
import { withScratch } from './common/scratch.ts';
import { memoryArguments, type BatchShape, type MemoryArguments, type MemoryEngine } from './memory/arguments.ts';
import { memoryText, type MemoryReport, type MemoryRow } from './memory/report.ts';
import { rowsOfLengths } from './step/batch.ts';
import { jobOf } from './step/job.ts';
import type { Evaluated, EvaluateRequest, Loaded, LoadRequest, TurnRequest } from './step/protocol.ts';

await runMain(async () => {
  const args = memoryArguments(process.argv.slice(2));
  const report = await withScratch((directory) => run(args, directory));
  console.log(args.json ? JSON.stringify(report) : `\n${memoryText(report)}`);
});

async function run(args: MemoryArguments, scratch: string): Promise<MemoryReport> {
  const machine = describeMachine();
  const python = args.engines.includes('pytorch-peft') ? findPython() : null;
  if (python && 'missing' in python && args.enginesNamed) throw new Error(python.missing);
  const notes = python && 'missing' in python ? [`pytorch-peft is left out. ${python.missing}`] : [];
  const rows: MemoryRow[] = [];
  const versions: Record<string, string> = {};
  for (const name of args.models) {
    const model = join(scratch, name);
    progress(`writing ${name}`);
    await writeRandomModel(model, modelShapes[name]);
    for (const shape of args.shapes) {
      for (const method of args.methods) {
        for (const engine of args.engines) {
          const child = start(engine, python, args.threads);
          if (!child) continue;
          progress(`${name} ${shape.batch}x${shape.length} ${method} ${engine}`);
          const { loaded, peakMemoryBytes } = await measured(
            child,
            requestOf(model, name, shape, method, args),
            args.steps,
          );
          rows.push({ model: name, ...shape, method, engine, parameters: loaded.parameters, peakMemoryBytes });
          Object.assign(versions, loaded.versions);
          notes.push(...loaded.notes);
        }
      }
    }
  }
  const settings = { steps: args.steps, threads: args.threads, rank: RANK, dropout: 0.1 };
  return { rows, machine: { ...machine, versions }, settings, notes: [...new Set(notes)] };
}

function start(engine: MemoryEngine, python: ReturnType<typeof findPython> | null, threads: number): Child | null {
  if (engine === 'compiled') return startWorker('step-worker.js');
  return python && 'command' in python ? startPeer(python.command, 'pytorch_peft_step.py', threads) : null;
}

function requestOf(
  model: string,
  name: ModelName,
  { batch, length }: BatchShape,
  method: MethodName,
  { threads }: MemoryArguments,
): LoadRequest {
  // Ids of the smallest vocabulary are ids of all.
  const inputIds = rowsOfLengths(Array.from({ length: batch }, () => length)).map((row) => row.map((id) => id % 1000));
  const chosen = { model, rank: RANK, threads, inputIds, padTo: length, dropout: 0.1 };
  const job = jobOf(modelShapes[name].hidden, { ...chosen, cacheDirectory: join(model, 'cache') });
  return { ...job, method, device: 'cpu', torchCompile: false };
}

async function measured(child: Child, job: LoadRequest, steps: number): Promise<{ loaded: Loaded } & Evaluated> {
  try {
    const loaded = (await child.ask(job)) as Loaded;
    const turn: TurnRequest = { command: 'turn', warmUp: steps - 1 };
    await child.ask(turn);
    const evaluate: EvaluateRequest = { command: 'evaluate' };
    return { loaded, ...((await child.ask(evaluate)) as Evaluated) };
  } finally {
    await child.end();
  }
}
