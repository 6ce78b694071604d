/** `nx run benchmarks:step`: the training step of several engines, timed in turn. README.md says what is compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildError } from './common/child.ts';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { methodNames } from './common/methods.ts';
import { modelFolder } from './common/model-folder.ts';
import { progress } from './common/progress.ts';
import { findPython, pythonPackages } from './common/python.ts';
import { withScratch } from './common/scratch.ts';
import { jaxHas, stepArguments, type EngineName, type StepArguments } from './step/arguments.ts';
import { lengthsOfTask, rowsOfLengths, typicalBatch } from './step/batch.ts';
import { startContestant, type LoadedContestant } from './step/contestants.ts';
import { interleave, PAUSE } from './step/interleave.ts';
import { jobOf, type Job } from './step/job.ts';
import { checkAgreement } from './step/agreement.ts';
import { ratiosOf, reportText, rowsOf, type StepReport } from './step/report.ts';

await runMain(async () => {
  const args = stepArguments(process.argv.slice(2));
  const report = await withScratch((directory) => run(args, directory));
  console.log(args.json ? JSON.stringify(report) : `\n${reportText(report)}`);
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
      settings: settingsOf(args, job),
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
  const model = await modelFolder(args.model, scratch, note);
  const lengths =
    args.lengths === null || args.data === null
      ? Array.from({ length: args.batch }, () => args.length)
      : typicalBatch(await lengthsOfTask(model, args.data, args.lengths, args.length), args.batch);
  const config = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8')) as { hidden_size: number };
  return jobOf(config.hidden_size, {
    model,
    rank: args.rank,
    threads: args.threads,
    inputIds: rowsOfLengths(lengths),
    padTo: args.length,
    dropout: 0,
    cacheDirectory: join(scratch, 'cache'),
  });
}

function settingsOf({ model, batch, length, lengths, rank }: StepArguments, { inputIds }: Job): StepReport['settings'] {
  const tokens = inputIds.reduce((sum, ids) => sum + ids.length, 0);
  const shape = { batch, length, ...(lengths !== null && { lengths, tokens }) };
  return { model: model ?? 'default', ...shape, rank, dropout: 0 };
}

/** Starts them one after another; those that are not there are noted, unless the user asked for them by name. */
async function startAll(
  args: StepArguments,
  job: Job,
  started: LoadedContestant[],
  note: (text: string) => void,
): Promise<void> {
  for (const engine of args.engines) {
    const packages = packagesOf(engine);
    const python = packages && pythonOr(engine, packages, args.enginesNamed, note);
    if (packages !== null && python === null) continue;
    for (const method of args.methods) {
      if (engine === 'jax' && !jaxHas(method)) {
        note(`jax ${method} is left out: its peer has ${methodNames.join(', ')}.`);
        continue;
      }
      progress(`loading ${engine} ${method}`);
      try {
        started.push(await startContestant(engine, method, job, args, python, note));
      } catch (error) {
        // The one needs a compiler of C++, the other an optional package: not every machine has them.
        const optional = engine === 'torch-compile' || engine === 'tfjs-node';
        if (!optional || args.enginesNamed || !(error instanceof ChildError)) throw error;
        note(`${engine} ${method} is left out: ${error.message.split('\n')[0]}`);
      }
    }
  }
  for (const method of args.methods) checkAgreement(method, started);
}

/** What an engine in Python needs; null: it is not in Python. */
function packagesOf(engine: EngineName): readonly string[] | null {
  if (engine === 'jax') return pythonPackages.jax;
  return engine === 'pytorch-peft' || engine === 'torch-compile' ? pythonPackages.pytorch : null;
}

/** The interpreter that has these packages; null, with a note, where there is none. @throws when asked for by name. */
function pythonOr(
  engine: EngineName,
  packages: readonly string[],
  named: boolean,
  note: (text: string) => void,
): string | null {
  const python = findPython(process.env, packages);
  if ('command' in python) return python.command;
  if (named) throw new Error(python.missing);
  note(`${engine} is left out. ${python.missing}`);
  return null;
}
