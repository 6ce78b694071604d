import type { TrialResult } from '@lomap/results';
import { distinct, groupBy } from '../group.ts';
import { compareText, taskTitle } from '../names.ts';
import { counted } from '../tables/numbers.ts';

/** What the MiniLM sentence encoders have seen before any of our training. */
const MINILM =
  'MiniLM sentence encoders were trained on sentence pairs that include natural language inference and question ' +
  'pairs: RTE, MRPC, QNLI, QQP and MNLI are not fresh tasks for this model, nor is STS-B far from its objective.';

/** Which model and code the numbers come from, and a warning for everything in which the trials differ. */
export function provenanceNotes(results: readonly TrialResult[]): string[] {
  const models = distinct(results.map(({ trial }) => trial.settings.model.name)).sort(compareText);
  return [
    `Model: ${models.map((name) => `${name} (sha256 ${hashesOf(results, name)})`).join('; ')}.`,
    ...(models.some((name) => /minilm/i.test(name)) ? [MINILM] : []),
    ...mixed('model files', results, ({ provenance }) => short(provenance.modelSha256)),
    ...mixedData(results),
    ...mixed('commits', results, ({ provenance }) => (provenance.commit ?? 'unknown').slice(0, 10)),
    ...dirtyTrees(results),
    ...mixed('lockfiles', results, ({ provenance }) => short(provenance.lockfileSha256 ?? 'unknown')),
    ...mixed('devices', results, ({ trial, provenance: { device } }) => {
      const requested = trial.settings.engine.device;
      return `${requested} (${device.name} ${device.version})`;
    }),
    ...mixed('processors', results, ({ provenance }) => provenance.processor),
  ];
}

function mixed(what: string, results: readonly TrialResult[], of: (result: TrialResult) => string): string[] {
  const groups = groupBy(results, of);
  if (groups.size === 1) return [];
  const counts = [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([value, own]) => `${value} (${counted(own.length, 'trial')})`);
  return [`Mixed ${what}: ${counts.join(', ')}.`];
}

function mixedData(results: readonly TrialResult[]): string[] {
  return [...groupBy(results, ({ trial }) => trial.settings.task)].flatMap(([task, own]) =>
    mixed(`data files of ${taskTitle(task)}`, own, ({ provenance }) => short(provenance.dataSha256)),
  );
}

function dirtyTrees(results: readonly TrialResult[]): string[] {
  const dirty = results.filter(({ provenance }) => provenance.dirty !== false).length;
  if (dirty === 0) return [];
  return [
    `${dirty} of ${counted(results.length, 'trial')} ran from a working tree with uncommitted or unknown changes.`,
  ];
}

function hashesOf(results: readonly TrialResult[], name: string): string {
  const own = results.filter(({ trial }) => trial.settings.model.name === name);
  return distinct(own.map(({ trial }) => short(trial.settings.model.sha256)))
    .sort()
    .join(', ');
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
