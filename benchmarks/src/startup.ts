/** `nx run benchmarks:startup`: process start to first step, by phase. README.md says what is measured. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { RANK } from './common/methods.ts';
import { modelFolder } from './common/model-folder.ts';
import { workerProgram } from './common/paths.ts';
import { progress } from './common/progress.ts';
import { withScratch } from './common/scratch.ts';
import { startupArguments, type StartupArguments } from './startup/arguments.ts';
import { startOf, type Start, type StartupAnswer, type StartupJob } from './startup/protocol.ts';
import { startupRows, startupText, type StartupReport } from './startup/report.ts';

await runMain(async () => {
  const args = startupArguments(process.argv.slice(2));
  const report = await withScratch((directory) => run(args, directory));
  console.log(args.json ? JSON.stringify(report) : `\n${startupText(report)}`);
});

async function run(args: StartupArguments, scratch: string): Promise<StartupReport> {
  const machine = describeMachine();
  const { method, threads, runs } = args;
  const notes: string[] = [];
  const model = await modelFolder(args.model, scratch, (text) => notes.push(text));
  const empty: Start[] = [];
  const filled: Start[] = [];
  const versions: Record<string, string> = {};
  // One start unmeasured: the first one reads programs and weights from the disk.
  for (let run = -1; run < runs; run++) {
    progress(run < 0 ? 'one start unmeasured' : `pair ${run + 1} of ${runs}`);
    const job: StartupJob = { model, method, threads, cacheDirectory: join(scratch, `cache-${run}`) };
    for (const starts of run < 0 ? [[]] : [empty, filled]) {
      const { start, answer } = await started(job);
      starts.push(start);
      Object.assign(versions, answer.versions);
    }
  }
  const settings = { model: args.model ?? 'default', method, batch: 16, length: 32, rank: RANK, threads, runs };
  return { ...startupRows(empty, filled), machine: { ...machine, versions }, settings, notes };
}

async function started(job: StartupJob): Promise<{ start: Start; answer: StartupAnswer }> {
  const spawned = performance.timeOrigin + performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [
    workerProgram('startup-worker.js'),
    JSON.stringify(job),
  ]);
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error('The started process ended without an answer.');
  const answer = JSON.parse(line) as StartupAnswer;
  return { start: startOf(spawned, answer.ended), answer };
}
