/** `nx run benchmarks:large`: a step on a model that float32 would not fit into memory. README.md says what is measured. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runMain } from './common/flags.ts';
import { describeMachine } from './common/machine.ts';
import { residentOf, type Resident } from './common/resident.ts';
import { startWorker } from './common/programs.ts';
import { progress } from './common/progress.ts';
import { withScratch } from './common/scratch.ts';
import { largeArguments, type LargeArguments } from './large/arguments.ts';
import type { LargeLoaded, LargeRequest, LargeTurn } from './large/protocol.ts';
import { writeLargeModel } from './large/random-model.ts';
import { largeText, type LargeReport, type LargeRow } from './large/report.ts';

await runMain(async () => {
  const args = largeArguments(process.argv.slice(2));
  const report = await withScratch((scratch) => run(args, scratch), undefined, args.scratch);
  console.log(args.json ? JSON.stringify(report) : `\n${largeText(report)}`);
});

async function run(args: LargeArguments, scratch: string): Promise<LargeReport> {
  const machine = describeMachine();
  const model = args.model ?? join(scratch, 'model');
  if (!existsSync(model)) {
    progress(`writing ${args.layers} layers of LLaMA-7B's shape in ${args.dtype}, which are removed afterwards`);
    await writeLargeModel(model, args);
  }
  const rows: LargeRow[] = [];
  let loaded: LargeLoaded | null = null;
  // The products first: they read the file into the page cache for both.
  for (const what of ['products', 'step'] as const) {
    const row = await measured({ ...args, what, model, cacheDirectory: join(scratch, 'cache') });
    rows.push(row);
    loaded = row.loaded;
  }
  return { rows, machine: { ...machine, versions: loaded?.versions ?? {} }, settings: settingsOf(args, loaded!) };
}

function settingsOf({ method, rank, length, threads }: LargeArguments, loaded: LargeLoaded): LargeReport['settings'] {
  const { weightBytes, files, dtypes, layers } = loaded;
  const weights = `${(weightBytes / 1e9).toFixed(2)} GB of ${dtypes.join(' and ')} in ${files} files`;
  return { layers, weights, method, rank, length, threads };
}

/** Starts a process of its own, lets it run `turns` times, and watches its memory. */
async function measured(request: Omit<LargeRequest, 'command'>): Promise<LargeRow> {
  progress(`${request.what}: opening`);
  const child = startWorker('large-worker.js');
  const memory = residentOf(child.pid);
  try {
    const loaded = (await child.ask({ ...request, command: 'load' } satisfies LargeRequest)) as LargeLoaded;
    const atOpening: Resident = memory.peak();
    memory.forget();
    const seconds: number[] = [];
    const losses: number[] = [];
    for (let turn = 0; turn < request.turns; turn++) {
      progress(`${request.what}: ${turn + 1} of ${request.turns}`);
      const { ms, loss } = (await child.ask({ command: 'turn' })) as LargeTurn;
      seconds.push(ms / 1000);
      if (loss !== null) losses.push(loss);
    }
    return { what: request.what, loaded, atOpening, running: memory.peak(), seconds, losses };
  } finally {
    memory.stop();
    await child.end();
  }
}
