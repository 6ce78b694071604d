import type { Checkpoint } from '@lomap/models';
import { adapterFiles, type AdapterFiles } from '@lomap/peft';
import type { TrialEvent, TrialJob } from './job.ts';

/**
 * The adapter to leave beside a trial's result; null where none is asked for, for trials of a search, and where its base
 * model is no file that a user has.
 */
export function keptAdapter(
  { keepAdapters = false, purpose, settings }: TrialJob,
  checkpoint: Checkpoint,
  params: readonly Float32Array[],
  tell: (event: TrialEvent) => void,
): AdapterFiles | null {
  if (!keepAdapters || purpose !== 'main') return null;
  if (settings.forgetting?.previous) {
    tell({ type: 'note', text: 'its adapter is not kept: the encoder that it belongs to is only in the cache' });
    return null;
  }
  const base = { name: settings.model.name, type: checkpoint.type, sha256: checkpoint.sha256 };
  return adapterFiles({ model: checkpoint, settings: settings.method, params, base });
}
