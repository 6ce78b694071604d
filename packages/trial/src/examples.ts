/** A trial's examples: loaded, split, cut to length and turned into token ids. */
import { encode, type EncodedExample, type Tokenizer } from '@lomap/models';
import type { TrialSettings } from '@lomap/results';
import { selectionSplit, subset, type Example, type Task } from '@lomap/tasks';
import { pause, type Watch } from '@lomap/train';
import { watched, type Oversight } from './oversight.ts';

export interface TrialExamples {
  readonly train: readonly EncodedExample[];
  readonly selection: readonly EncodedExample[];
  /** Rows of the file that are no examples, if any. */
  readonly notes: readonly string[];
}

/**
 * Train's examples after the selection split is taken out, and that split. Both draws are seeded by
 * `selection.seed`, not by the trial's seed: all methods and seeds train and choose on the same rows.
 *
 * @throws InterruptedError when the trial is stopped.
 */
export async function trainingExamples(
  task: Task,
  directory: string,
  { selection, training }: Pick<TrialSettings, 'selection' | 'training'>,
  tokenizer: Tokenizer,
  oversight: Oversight,
): Promise<TrialExamples> {
  const loaded = await task.load(directory, task.splits.train);
  const parts = selectionSplit(loaded.examples, selection);
  const { maxTrainSamples, maxLength } = training;
  const kept = maxTrainSamples === null ? parts.train : subset(parts.train, maxTrainSamples, selection.seed);
  const { train: name } = task.splits;
  const encoded = (what: string, examples: readonly Example[]): Promise<EncodedExample[]> =>
    encodeAll(examples, tokenizer, maxLength, watched(oversight, `encoding ${what}`));
  const train = await encoded(name, kept);
  return {
    train,
    selection: await encoded('selection', parts.selection),
    notes: loaded.notes.map((note) => `${name}: ${note}`),
  };
}

/** Examples that are encoded between two looks at the watch: some milliseconds' work. */
const ENCODED_AT_A_TIME = 100;

/** @throws InterruptedError when the watch's signal stops it, before the next hundred. */
export async function encodeAll(
  examples: readonly Example[],
  tokenizer: Tokenizer,
  maxLength: number,
  watch: Watch,
): Promise<EncodedExample[]> {
  const encoded: EncodedExample[] = [];
  for (const { text, pair, label } of examples) {
    if (encoded.length % ENCODED_AT_A_TIME === 0) await pause(watch, encoded.length, examples.length);
    encoded.push({ ...encode(tokenizer, text, pair, maxLength), label });
  }
  return encoded;
}
