/** One start of benchmarks:startup. Nothing is imported before the clock runs; the job is the one argument. */
import type { StartupAnswer, StartupJob } from './startup/protocol.ts';

const now = (): number => performance.timeOrigin + performance.now();
const ready = now();

const { start } = await import('./startup/start.ts');
const imports = now();
const { ended, versions } = await start(JSON.parse(process.argv[2]!) as StartupJob, now);
const answer: StartupAnswer = { type: 'started', ended: { process: ready, imports, ...ended }, versions };
process.stdout.write(`${JSON.stringify(answer)}\n`);
process.exit(0);
