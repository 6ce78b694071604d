/** `lomap pretrain`: a small encoder from random weights, on text of the synthetic suite's grammars. */
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import { CompileError } from '@lomap/compile';
import { pretrainingCorpus } from '@lomap/synthetic';
import { DivergenceError } from '@lomap/train';
import { deviceNames, deviceOptions } from '@lomap/trial';
import { defaultSettings } from '../config/defaults.ts';
import { didYouMean } from '@lomap/files';
import { FailureError, UsageError, exitCodes } from '../errors.ts';
import { interruptedCode, stopOnSignals } from '../interruption.ts';
import { barPretraining, plainPretraining } from '../pretrain/progress.ts';
import { readPretrainingFile } from '../pretrain/read-file.ts';
import { finishedModel, runPretraining, sameSettings } from '../pretrain/run-pretraining.ts';
import { formatDuration } from '../progress/style.ts';
import { acquireLock } from '../store/lock.ts';
import { makeFolder } from '../store/make-folder.ts';
import { collectProvenance } from '../sweep/provenance.ts';
import { resolveUserPath, workspaceRoot } from '../workspace.ts';
import { cacheDirectory } from './context.ts';

export interface PretrainCommand {
  readonly config?: string | undefined;
  readonly out?: string | undefined;
  readonly threads?: number | undefined;
  readonly device?: string | undefined;
  readonly maxSteps?: number | undefined;
}

const pretraining = join(workspaceRoot, 'experiments', 'pretraining');
const CHECKPOINT_EVERY_STEPS = 250;

/** Returns the exit code. */
export async function pretrainCommand(args: PretrainCommand, commandLine: string): Promise<number> {
  const { device = defaultSettings.engine.device } = args;
  if (!deviceNames.includes(device)) {
    throw new UsageError(
      `--device ${device}: there is no device "${device}".${didYouMean(device, deviceNames)} Known: ${deviceNames.join(', ')}.`,
    );
  }
  const config = args.config === undefined ? join(pretraining, 'small-encoder.json') : resolveUserPath(args.config);
  const file = readPretrainingFile(config);
  const settings =
    args.maxSteps === undefined ? file : { ...file, training: { ...file.training, steps: args.maxSteps } };
  const out = args.out === undefined ? join(pretraining, settings.name) : resolveUserPath(args.out);
  const work =
    args.out === undefined ? join(workspaceRoot, 'runs', `pretraining-${settings.name}`) : join(out, '.work');

  const finished = finishedModel(out);
  if (finished && !sameSettings(finished, settings)) {
    throw new UsageError(
      `${out} holds a finished model of other settings.`,
      'Choose another --out, or remove that folder.',
    );
  }
  if (finished) {
    console.error(`Complete: ${out} holds the model of these settings. To train it again: --out with another folder.`);
    return exitCodes.ok;
  }
  for (const path of [out, work]) makeFolder(path);

  const stream = process.stderr;
  const terminal = stream.isTTY && process.env['CI'] === undefined && stream.columns > 0;
  const progress = terminal ? barPretraining(stream) : plainPretraining((line) => void stream.write(`${line}\n`));
  const interruption = stopOnSignals((text) => progress.message(text));
  const lost = new AbortController();
  const release = await acquireLock(
    work,
    () => {
      progress.message('The lock on the run was lost (did the machine sleep?): stopping at the next step.');
      lost.abort();
    },
    'pretraining',
  );
  try {
    const record = await runPretraining({
      settings,
      corpus: pretrainingCorpus,
      out,
      work,
      cache: cacheDirectory,
      device: deviceOptions({ ...defaultSettings.engine, device }, args.threads ?? availableParallelism()),
      configPath: nameOf(config),
      provenance: collectProvenance(workspaceRoot, out),
      signal: AbortSignal.any([interruption.signal, lost.signal]),
      progress,
      checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
    }).finally(() => progress.end());
    if (!record) {
      console.error(`Not finished; the checkpoint is in ${work}.\nTo go on: ${commandLine}`);
      return interruption.signal.aborted ? interruptedCode(interruption.signal) : exitCodes.failure;
    }
    const { heldOut, measured } = record;
    console.error(
      `Complete in ${formatDuration(measured.seconds['total'] ?? 0)}: held-out loss ${heldOut.loss.toFixed(4)} ` +
        `(token frequencies alone: ${heldOut.unigramLoss.toFixed(4)}), accuracy ${heldOut.accuracy.toFixed(3)}.\n` +
        `The model, its card and its log: ${out}`,
    );
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof DivergenceError || error instanceof CompileError) throw new FailureError(error.message);
    throw error;
  } finally {
    interruption.dispose();
    await release();
  }
}

/** A file's path in the workspace; the name alone of one elsewhere, since the card is to be shared. */
function nameOf(config: string): string {
  const inside = relative(workspaceRoot, config);
  return inside.startsWith('..') ? basename(config) : inside;
}
