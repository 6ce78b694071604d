/** `nx run benchmarks:suite`: what the synthetic suite gives away without being read. docs/synthetic-suite.md has it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { glueTask } from '@lomap/glue';
import { SYNTHETIC_SUITE, writeSyntheticSuite } from '@lomap/synthetic';
import { runMain } from './common/flags.ts';
import { suiteArguments } from './suite/arguments.ts';
import { type Floor, floorsOf } from './suite/floors.ts';
import { type SuiteReport, suiteText } from './suite/report.ts';

await runMain(async () => {
  const args = suiteArguments(process.argv.slice(2));
  const scratch = await mkdtemp(join(tmpdir(), 'lomap-benchmark-'));
  try {
    const data = args.data ?? (await writeSyntheticSuite(join(scratch, 'suite'))).directory;
    const floors: Floor[] = [];
    for (const name of args.tasks) {
      console.error(`${name} ...`);
      floors.push(...(await floorsOf(glueTask(name), data)));
    }
    const { name, version } = SYNTHETIC_SUITE;
    const report: SuiteReport = { suite: args.data ?? `the ${name} suite, version ${version}`, floors };
    console.log(args.json ? JSON.stringify(report) : suiteText(report));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
