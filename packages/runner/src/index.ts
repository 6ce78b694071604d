export { main, run } from './cli.ts';
export { readSweepFile, SweepFileError } from './config/read-sweep.ts';
export { checkSweep, type Sweep } from './config/sweep.ts';
export { type Registry } from './config/registry.ts';
export { planMain, planSearch, type Choice, type Identity, type PlannedTrial } from './plan/plan.ts';
export { runSweep, type RunSweepOptions, type SweepOutcome } from './sweep/run-sweep.ts';
export { workerPool, type Executor } from './sweep/pool.ts';
export { exitCodes, FailureError, UsageError } from './errors.ts';
