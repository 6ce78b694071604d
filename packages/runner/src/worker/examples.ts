/** A trial's examples: loaded, split, cut to length and turned into token ids. */
import { loadSplitWithCounts, selectionSplit, subset, type Example, type GlueTask } from '@lomap/glue';
import { encode, type EncodedExample, type Tokenizer } from '@lomap/models';
import type { TrialSettings } from '@lomap/results';

export interface TrialExamples {
  readonly train: readonly EncodedExample[];
  readonly selection: readonly EncodedExample[];
  /** Rows of the file that are no examples, if any. */
  readonly notes: readonly string[];
}

/**
 * Train's examples after the selection split is taken out, and that split. Both draws are seeded by
 * `selection.seed`, not by the trial's seed: all methods and seeds train and choose on the same rows.
 */
export async function trainingExamples(
  task: GlueTask,
  directory: string,
  { selection, training }: Pick<TrialSettings, 'selection' | 'training'>,
  tokenizer: Tokenizer,
): Promise<TrialExamples> {
  const loaded = await loadSplitWithCounts(task, directory, task.splits.train);
  const parts = selectionSplit(loaded.examples, selection);
  const { maxTrainSamples, maxLength } = training;
  const kept = maxTrainSamples === null ? parts.train : subset(parts.train, maxTrainSamples, selection.seed);
  const encoded = (examples: readonly Example[]) => encodeAll(examples, tokenizer, maxLength);
  return { train: encoded(kept), selection: encoded(parts.selection), notes: skippedNotes(task.splits.train, loaded) };
}

/** What a result says of rows that were passed over: MNLI's without a gold label, QQP's broken by a line break. */
export function skippedNotes(
  split: string,
  loaded: { readonly withoutLabel: number; readonly torn: number },
): string[] {
  return [
    ...(loaded.withoutLabel > 0 ? [`${split}: ${loaded.withoutLabel} rows without a gold label were skipped`] : []),
    ...(loaded.torn > 0 ? [`${split}: ${loaded.torn} rows broken by a line break were skipped`] : []),
  ];
}

export function encodeAll(examples: readonly Example[], tokenizer: Tokenizer, maxLength: number): EncodedExample[] {
  return examples.map(({ text, pair, label }) => ({ ...encode(tokenizer, text, pair, maxLength), label }));
}
