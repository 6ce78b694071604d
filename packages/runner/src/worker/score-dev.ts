/** The dev set, scored once at a trial's end. */
import { loadSplitWithCounts, score, type GlueTask } from '@lomap/glue';
import type { Tokenizer } from '@lomap/models';
import type { Prediction, Trial } from '@lomap/results';
import { predict, type AdaptedModel, type FitResult } from '@lomap/train';
import { encodeAll, skippedNotes } from './examples.ts';
import type { Assignment } from './messages.ts';

/** Scores and predictions of every dev split of a task. */
export interface Dev {
  readonly scores: Trial['dev'];
  readonly primary: number | null;
  readonly predictions: readonly Prediction[];
  readonly notes: readonly string[];
}

/** Of a trial that does not touch dev. */
export const noDev: Dev = { scores: {}, primary: null, predictions: [], notes: [] };

/** Scores every dev split of the task, once. */
export async function scoreDev(
  task: GlueTask,
  model: AdaptedModel,
  fitted: FitResult,
  tokenizer: Tokenizer,
  { paths, settings }: Assignment,
): Promise<Dev> {
  const scores: Trial['dev'] = {};
  const predictions: Prediction[] = [];
  const notes: string[] = [];
  for (const split of task.splits.dev) {
    const loaded = await loadSplitWithCounts(task, paths.data, split);
    const { examples } = loaded;
    notes.push(...skippedNotes(split, loaded));
    const encoded = encodeAll(examples, tokenizer, settings.training.maxLength);
    const logits = await predict({ ...model, params: fitted.params, examples: encoded });
    const scored = score(
      task,
      logits,
      examples.map(({ label }) => label),
    );
    scores[split] = scored.scores;
    notes.push(...scored.notes.map((note) => `${split}: ${note}`));
    examples.forEach(({ index, label }, i) => predictions.push({ split, index, label, logits: logits[i] ?? [] }));
  }
  return { scores, primary: scores[task.primarySplit]?.[task.primaryMetric] ?? null, predictions, notes };
}
