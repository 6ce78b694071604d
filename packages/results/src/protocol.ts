/** The protocol of a trial: the settings that rows of one table share, so that their methods are what is compared. */
import { canonicalJson } from './canonical.ts';
import { settingsSchema, type TrialSettings } from './schema/settings.ts';

/** A trial's settings, or a cell's of a plan whose model and data are the same everywhere. */
export type ProtocolSettings = Pick<TrialSettings, 'method' | 'training' | 'selection' | 'engine'> &
  Partial<Pick<TrialSettings, 'model' | 'data' | 'forgetting' | 'plugins'>>;

export interface ProtocolValue {
  /** Equal for values that train alike. */
  readonly identity: string;
  /** In words: `no limit` for null. */
  readonly text: string;
}

const { training, selection, engine } = settingsSchema.shape;

/** Every key of a protocol. A sweep may name those whose difference is its question. */
export const PROTOCOL_KEYS: readonly string[] = [
  ...Object.keys(training.shape)
    .filter((key) => !['learningRate', 'gradientCheckpointing'].includes(key))
    .map((key) => `training.${key}`),
  ...Object.keys(selection.shape).map((key) => `selection.${key}`),
  ...Object.keys(engine.shape).map((key) => `engine.${key}`),
  ...['model', 'data', 'forgetting.previous', 'plugins'],
];

/** What a key means where it is absent: the value that it then has. */
const ABSENT: Readonly<Record<string, unknown>> = { 'training.regressionBias': 'zero' };

/** A value that says too little by itself, in words. */
const WORDS: Readonly<Record<string, string>> = {
  'training.maxSteps null': 'no limit',
  'training.maxTrainSamples null': 'all rows',
  'training.headLearningRate null': 'the learning rate',
  'training.warmupSteps null': 'by warmupRatio',
  'training.maxGradNorm null': 'no clipping',
  'training.dropout null': 'the checkpoint’s rates',
  'training.classifierDropout undefined': 'as dropout says',
  'training.gradientAccumulationSteps undefined': 'by the rows’ length',
  'forgetting.previous null': 'none',
  'plugins undefined': 'none',
};

/**
 * A trial's protocol by key: everything in its settings but the method and its learning rate, which is searched or
 * tabled for each method, the task and the seed, which are paired, and what changes no number (`geometry`,
 * `forgetting.maskedLm`, `gradientCheckpointing`). Model and data count by their contents, not by their names.
 *
 * The head's learning rate is a part of the protocol, except for a method that trains nothing but the head: there it is
 * the method's own, wherever the file keeps it, and the key is absent.
 */
export function protocolOf(settings: ProtocolSettings): Map<string, ProtocolValue> {
  const { method, model, data, forgetting, plugins } = settings;
  const protocol = new Map<string, ProtocolValue>();
  const set = (key: string, value: unknown, text?: string): void => {
    const meant = value === undefined ? ABSENT[key] : value;
    const identity = meant === undefined ? 'undefined' : canonicalJson(meant);
    protocol.set(key, { identity, text: text ?? WORDS[`${key} ${identity}`] ?? identity.replace(/^"(.*)"$/, '$1') });
  };
  for (const block of ['training', 'selection', 'engine'] as const) {
    const values: Readonly<Record<string, unknown>> = settings[block];
    for (const key of PROTOCOL_KEYS.filter((known) => known.startsWith(`${block}.`)))
      set(key, values[key.slice(block.length + 1)]);
  }
  if (method.name === 'head') protocol.delete('training.headLearningRate');
  if (model) set('model', [model.type, model.sha256], `${model.name} (sha256 ${model.sha256.slice(0, 12)})`);
  if (data) set('data', data.sha256, `${data.name} (sha256 ${data.sha256.slice(0, 12)})`);
  set('forgetting.previous', forgetting?.previous ?? null);
  set('plugins', plugins, plugins?.map((sha256) => `sha256 ${sha256.slice(0, 12)}`).join(', '));
  return protocol;
}

/** The keys in which two trials' protocols differ, those left out that either has none of. */
export function differingKeys(a: ProtocolSettings, b: ProtocolSettings): string[] {
  const other = protocolOf(b);
  return [...protocolOf(a)].flatMap(([key, { identity }]) =>
    other.has(key) && other.get(key)!.identity !== identity ? [key] : [],
  );
}
