export { runTrial } from './run-trial.ts';
export { type FinishedTrial, type RunProvenance, type TrialEvent, type TrialJob } from './job.ts';
export { TRAINING, type Activity, type Oversight } from './oversight.ts';
export { checkRows } from './check-rows.ts';
export { deviceNames, deviceOptions } from './device.ts';
