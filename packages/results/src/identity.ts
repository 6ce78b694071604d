import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { TrialSettings } from './schema/settings.ts';

/**
 * The trial's id: SHA-256, in hex, of the canonical JSON of `{ settings }` without the names that decide no number: the
 * row's label, and what the model's and the data's folders are called (their contents are there as hashes). Two trials
 * with the same id are the same trial, whatever sweep they stand in.
 */
export function trialId(settings: TrialSettings): string {
  const { label: _label, ...method } = settings.method;
  const { name: _model, ...model } = settings.model;
  const { name: _data, ...data } = settings.data;
  return createHash('sha256')
    .update(canonicalJson({ settings: { ...settings, method, model, data } }))
    .digest('hex');
}

const LONGEST_PART = 60;

/**
 * The folder of a trial inside its sweep: `task-label-s<seed>-<first 8 digits of the id>`.
 *
 * Task and label are for the reader's eye and are reduced to characters that every file system takes; the id keeps
 * the name unique.
 */
export function trialFolderName(settings: TrialSettings, id: string): string {
  return `${safe(settings.task)}-${safe(settings.method.label)}-s${settings.seed}-${id.slice(0, 8)}`;
}

function safe(text: string): string {
  const reduced = text.replaceAll(/[^\w.=+-]+/g, '_').slice(0, LONGEST_PART);
  return reduced.replace(/^\.+/, '_') || '_';
}
