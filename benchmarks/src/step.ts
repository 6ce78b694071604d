/** `nx run benchmarks:step`: the training step of three engines, timed in turn. README.md says what is compared. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { RANK } from './common/methods.ts';
import { workspacePath } from './common/paths.ts';
import { findPython } from './common/python.ts';
import { stepArguments, type StepArguments } from './step/arguments.ts';
import { startContestant, type Job, type LoadedContestant } from './step/contestants.ts';
import { interleave } from './step/interleave.ts';
import { ratiosOf, reportText, rowsOf, type StepReport } from './step/report.ts';

/** OpenMP's runtimes let idle threads spin for up to 200 ms, ONNX Runtime's for tens of milliseconds. */
const PAUSE = 250;

await runMain(async () => {
  const args = stepArguments(process.argv.slice(2));
  const scratch = await mkdtemp(join(tmpdir(), 'lomap-benchmark-'));
  try {
    const report = await run(args, scratch);
    console.log(args.json ? JSON.stringify(report) : `\n${reportText(report)}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});

async function run(args: StepArguments, scratch: string): Promise<StepReport> {
  const machine = describeMachine();
  const notes: string[] = [];
  const job = await prepare(args, scratch, (text) => notes.push(text));
  const contestants: LoadedContestant[] = [];
  try {
    await startAll(args, job, contestants, (text) => notes.push(text));
    const timed = await interleave(contestants, PAUSE, (round, rounds) => progress(`round ${round + 1} of ${rounds}`));
    return {
      rows: rowsOf(timed),
      machine: { ...machine, versions: versionsOf(contestants) },
      ratios: ratiosOf(timed),
      settings: { model: args.model ?? 'default', batch: args.batch, length: args.length, rank: RANK, dropout: 0 },
      notes: [...new Set([...notes, ...contestants.flatMap(({ loaded }) => loaded.notes)])],
    };
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.end()));
  }
}

function versionsOf(contestants: readonly LoadedContestant[]): Record<string, string> {
  return Object.fromEntries(contestants.flatMap(({ loaded }) => Object.entries(loaded.versions)));
}

/** The same model and the same batch for every engine. */
async function prepare(args: StepArguments, scratch: string, note: (text: string) => void): Promise<Job> {
  let model = args.model ?? workspacePath('../shared/models/minilm-l6');
  if (!existsSync(model)) {
    note(`${model} is missing: random weights of MiniLM-L6's shape instead, the same ones for every engine.`);
    model = join(scratch, 'model');
    const { writeRandomModel } = await import('./step/random-model.ts');
    await writeRandomModel(model);
  }
  // Ids of ordinary words in BERT's vocabulary, by a fixed rule; their values do not matter.
  const id = (example: number, position: number): number => 2000 + ((example * 7919 + position * 104729) % 25000);
  return {
    command: 'load',
    model,
    rank: RANK,
    threads: args.threads,
    learningRate: 1e-4,
    maxGradNorm: 1,
    inputIds: Array.from({ length: args.batch }, (_, example) =>
      Array.from({ length: args.length }, (_, position) => id(example, position)),
    ),
    labels: Array.from({ length: args.batch }, (_, example) => example % 2),
    cacheDirectory: join(scratch, 'cache'),
  };
}

/** Starts them one after another; those that are not there are noted, unless the user asked for them by name. */
async function startAll(
  args: StepArguments,
  job: Job,
  started: LoadedContestant[],
  note: (text: string) => void,
): Promise<void> {
  const python = args.engines.includes('pytorch-peft') ? pythonOr(args.enginesNamed, note) : null;
  for (const engine of args.engines) {
    if (engine === 'pytorch-peft' && python === null) continue;
    for (const method of args.methods) {
      progress(`loading ${engine} ${method}`);
      started.push(await startContestant(engine, method, job, args, python, note));
    }
  }
  for (const method of args.methods) {
    const counts = started.filter(({ key }) => key.method === method).map(({ loaded }) => loaded.parameters);
    if (new Set(counts).size > 1) {
      throw new Error(`The engines train different numbers of parameters with ${method}: ${counts.join(', ')}.`);
    }
  }
}

/** The interpreter that has PyTorch; null, with a note, where there is none. @throws when it was asked for by name. */
function pythonOr(named: boolean, note: (text: string) => void): string | null {
  const python = findPython();
  if ('command' in python) return python.command;
  if (named) throw new Error(python.missing);
  note(`pytorch-peft is left out. ${python.missing}`);
  return null;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  else console.error(text);
}
