/** `nx run benchmarks:growth`: how the training step's time grows with the model. README.md says what is compared. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import type { MethodName } from './common/methods.ts';
import { progress } from './common/progress.ts';
import { findPython } from './common/python.ts';
import { writeRandomModel } from './common/random-model.ts';
import { withScratch } from './common/scratch.ts';
import { growthArguments, type GrowthArguments } from './growth/arguments.ts';
import { baseCase, casesAlong, shapeOf, type Case, type Dimension } from './growth/cases.ts';
import { growthRows, growthText, type GrowthKey, type GrowthReport } from './growth/report.ts';
import { checkAgreement } from './step/agreement.ts';
import { rowsOfLengths } from './step/batch.ts';
import { startContestant, type LoadedContestant } from './step/contestants.ts';
import { interleave, PAUSE, type Contestant, type Timed } from './step/interleave.ts';
import { jobOf, type Job } from './step/job.ts';

await runMain(async () => {
  const args = growthArguments(process.argv.slice(2));
  const report = await withScratch((directory) => run(args, directory));
  console.log(args.json ? JSON.stringify(report) : `\n${growthText(report)}`);
});

async function run(args: GrowthArguments, scratch: string): Promise<GrowthReport> {
  const machine = describeMachine();
  const found = args.alone ? null : findPython();
  const notes = found && 'missing' in found ? [`pytorch-peft is left out. ${found.missing}`] : [];
  const python = found && 'command' in found ? found.command : null;
  const timed: Timed<GrowthKey>[] = [];
  const versions: Record<string, string> = {};
  for (const method of args.methods) {
    for (const dimension of args.dimensions) {
      const onLoaded = (where: string, { key, loaded }: LoadedContestant): void => {
        Object.assign(versions, loaded.versions);
        notes.push(...loaded.notes.map((note) => (key.engine === 'compiled' ? `${where}: ${note}` : note)));
      };
      timed.push(...(await timesAlong(dimension, method, python, args, scratch, onLoaded)));
    }
  }
  const { batch, threads, runs } = args;
  const settings = { ...baseCase, batch, threads, runs, dropout: 0 };
  return { ...growthRows(timed), machine: { ...machine, versions }, settings, notes: [...new Set(notes)] };
}

/** Every case of a dimension has processes of its own, which take turns. */
async function timesAlong(
  dimension: Dimension,
  method: MethodName,
  python: string | null,
  args: GrowthArguments,
  scratch: string,
  onLoaded: (where: string, contestant: LoadedContestant) => void,
): Promise<Timed<GrowthKey>[]> {
  const engines = python === null ? (['compiled'] as const) : (['compiled', 'pytorch-peft'] as const);
  const started: LoadedContestant[] = [];
  const contestants: Contestant<GrowthKey>[] = [];
  try {
    for (const one of casesAlong(dimension, args.values[dimension])) {
      const where = `${dimension} ${one[dimension]}`;
      const job = await prepare(one, args, scratch);
      const sides: LoadedContestant[] = [];
      for (const engine of engines) {
        progress(`${method} ${where}: loading ${engine}`);
        const side = await startContestant(engine, method, job, { runs: args.runs, tfjsRuns: 0 }, python, () => {});
        started.push(side);
        sides.push(side);
        onLoaded(where, side);
        const { threads, parameters } = side.loaded;
        contestants.push({ ...side, key: { dimension, value: one[dimension], method, engine, threads, parameters } });
      }
      checkAgreement(method, sides);
    }
    return await interleave(contestants, PAUSE, (round, rounds) =>
      progress(`${method} ${dimension}: round ${round + 1} of ${rounds}`),
    );
  } finally {
    await Promise.all(started.map((side) => side.end()));
  }
}

/** Writes the case's model, unless a case before had the same, and makes its batch. */
async function prepare(one: Case, { batch, threads }: GrowthArguments, scratch: string): Promise<Job> {
  const model = join(scratch, `layers-${one.layers}-width-${one.width}`);
  if (!existsSync(model)) {
    progress(`writing a model of ${one.layers} layers, width ${one.width}`);
    await writeRandomModel(model, shapeOf(one));
  }
  return jobOf(one.width, {
    model,
    threads,
    rank: one.rank,
    inputIds: rowsOfLengths(Array.from({ length: batch }, () => one.length)),
    padTo: one.length,
    dropout: 0,
    cacheDirectory: join(scratch, 'cache'),
  });
}
