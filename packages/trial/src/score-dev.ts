/** The dev set, scored once at a trial's end. */
import type { Tokenizer } from '@lomap/models';
import type { Prediction, Trial } from '@lomap/results';
import { score, subset, type Task } from '@lomap/tasks';
import { predict, type AdaptedModel, type FitResult, type SequenceObjective } from '@lomap/train';
import { watched, type Oversight } from './oversight.ts';
import { scoresByLevel } from './by-level.ts';
import { encodeAll } from './examples.ts';
import type { TrialJob } from './job.ts';

/** Scores and predictions of every dev split of a task. */
export interface Dev {
  readonly scores: Trial['dev'];
  /** By split and level; undefined where the data has no levels. */
  readonly byLevel: Trial['devByLevel'];
  /** Rows scored by split; undefined where all were to be. */
  readonly examples: Trial['devExamples'];
  readonly primary: number | null;
  readonly predictions: readonly Prediction[];
  readonly notes: readonly string[];
}

/** Of a trial that does not touch dev. */
export const noDev: Dev = {
  scores: {},
  byLevel: undefined,
  examples: undefined,
  primary: null,
  predictions: [],
  notes: [],
};

/**
 * Scores every dev split of the task, once: all rows, or `maxDevSamples` of them, the same in every trial.
 *
 * @throws InterruptedError when the trial is stopped; the checkpoint of its last step is enough to score again.
 */
export async function scoreDev(
  task: Task,
  model: AdaptedModel & { readonly objective: SequenceObjective },
  fitted: FitResult,
  tokenizer: Tokenizer,
  { paths, settings }: TrialJob,
  oversight: Oversight,
): Promise<Dev> {
  const scores: Trial['dev'] = {};
  const byLevel: NonNullable<Trial['devByLevel']> = {};
  const counts: NonNullable<Trial['devExamples']> = {};
  const predictions: Prediction[] = [];
  const notes: string[] = [];
  for (const split of task.splits.dev) {
    const loaded = await task.load(paths.data, split);
    const { maxDevSamples, selection } = settings;
    const all = loaded.examples;
    const examples = maxDevSamples === undefined ? all : subset(all, maxDevSamples, selection.seed);
    notes.push(...loaded.notes.map((note) => `${split}: ${note}`));
    if (examples.length < all.length) notes.push(`${split}: ${examples.length} of ${all.length} rows were scored`);
    counts[split] = examples.length;
    const { maxLength } = settings.training;
    const encoded = await encodeAll(examples, tokenizer, maxLength, watched(oversight, `encoding ${split}`));
    oversight.activity('compiling');
    const watch = watched(oversight, `scoring ${split}`);
    const logits = await predict({ ...model, ...watch, params: fitted.params, examples: encoded });
    const scoreOf = (rows: readonly number[]): ReturnType<typeof score> =>
      score(
        task,
        rows.map((row) => logits[row]!),
        rows.map((row) => examples[row]!.label),
      );
    const scored = scoreOf(examples.map((_, row) => row));
    scores[split] = scored.scores;
    const levels = await task.levels?.(paths.data, split);
    if (levels) {
      const graded = scoresByLevel(examples, levels, (rows) => scoreOf(rows).scores);
      byLevel[split] = graded.scores;
      if (graded.without > 0) notes.push(`${split}: ${graded.without} examples have no level in levels.tsv.`);
    }
    notes.push(...scored.notes.map((note) => `${split}: ${note}`));
    examples.forEach(({ index, label }, i) => predictions.push({ split, index, label, logits: logits[i] ?? [] }));
  }
  return {
    scores,
    byLevel: Object.keys(byLevel).length > 0 ? byLevel : undefined,
    examples: settings.maxDevSamples === undefined ? undefined : counts,
    primary: scores[task.primarySplit]?.[task.primaryMetric] ?? null,
    predictions,
    notes,
  };
}
