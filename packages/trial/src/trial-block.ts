/** The `trial` block of a result: what is a pure function of settings, code and data. */
import { sizeOf } from '@lomap/compile';
import type { Checkpoint, Tokenizer } from '@lomap/models';
import { methodNotes, type Adaptation } from '@lomap/peft';
import { devCollapse, type Geometry, type Trial } from '@lomap/results';
import type { Task } from '@lomap/tasks';
import { effectivelyFrozen, initialParams, type FitResult } from '@lomap/train';
import type { TrialExamples } from './examples.ts';
import type { TrialJob } from './job.ts';
import type { Dev } from './score-dev.ts';

/** What a trial made on its way. */
export interface Made {
  readonly task: Task;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly adaptation: Adaptation;
  readonly examples: TrialExamples;
  readonly fitted: FitResult;
  readonly dev: Dev;
  /** Forgetting's numbers before the first step; undefined where it is not measured. */
  readonly before: Record<string, number> | undefined;
  /** Undefined where it is not recorded. */
  readonly geometry: Geometry | undefined;
}

export function trialBlock(job: TrialJob, made: Made): Trial {
  const { task, checkpoint, tokenizer, adaptation, examples, fitted, dev, before, geometry } = made;
  const { settings } = job;
  const isHead = (name: string): boolean => checkpoint.head.some((prefix) => name.startsWith(`${prefix}.`));
  const base = checkpoint.tensors
    .filter((name) => !isHead(name))
    .reduce((sum, name) => sum + sizeOf(checkpoint.shape(name)), 0);
  return {
    id: job.id,
    sweep: job.sweep,
    purpose: job.purpose,
    settings,
    steps: fitted.steps,
    gradientAccumulationSteps: fitted.passes,
    trainExamples: examples.train.length,
    selectionExamples: examples.selection.length,
    parameters: {
      ...adaptation.counts,
      base,
      ...(adaptation.keptParameters && { kept: adaptation.keptParameters(fitted.params) }),
    },
    curves: fitted.curves,
    epochs: [...fitted.epochs],
    ...(before && { beforeTraining: before }),
    chosenEpoch: fitted.chosenEpoch,
    selectionScore: fitted.selectionScore,
    dev: dev.scores,
    ...(dev.examples && { devExamples: dev.examples }),
    ...(dev.byLevel && { devByLevel: dev.byLevel }),
    ...(dev.predictions.length > 0 && { devCollapsed: devCollapse(dev.predictions) }),
    primary: { metric: task.primaryMetric, value: dev.primary },
    matrices: adaptation.summary(fitted.params),
    ...(geometry && { geometry }),
    effectivelyFrozen: effectivelyFrozen(
      adaptation.specs,
      initialParams(adaptation.specs, settings.seed),
      fitted.params,
      settings.method.map?.parametrization,
    ),
    notes: [
      ...job.notes,
      ...triedNotes(adaptation, fitted),
      ...methodNotes(settings.method, { clipping: settings.training.maxGradNorm !== null }),
      ...examples.notes,
      ...[...checkpoint.notes, ...tokenizer.notes].map((note) => relativeTo(note, job.paths.model)),
      ...dev.notes,
    ],
  };
}

/** Which start was chosen, of which, and by what. */
function triedNotes({ tryout }: Adaptation, { tried }: FitResult): string[] {
  if (!tryout || !tried) return [];
  const losses = tryout.starts.map(({ label }, i) => `${label}: ${tried.losses[i]?.toFixed(4) ?? 'not finite'}`);
  return [
    `It began with ${tryout.starts[tried.chosen]!.label}, by the training loss after ${tryout.steps} steps (${losses.join(', ')}); ` +
      `trying took ${tried.steps} steps of its budget.`,
  ];
}

/** A note without the folder of this machine: the same trial writes the same bytes elsewhere. */
function relativeTo(note: string, directory: string): string {
  return note.replaceAll(`${directory}/`, '');
}
