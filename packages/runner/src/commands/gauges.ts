/** What a dry run is made from: a model and data at hand, or a config.json and what is published of the tasks. */
import { describeModel, type ModelDescription } from '@lomap/models';
import { taskNamed } from '@lomap/data';
import type { Probe, TaskSize } from '../plan/estimate.ts';
import type { PlannedTrial } from '../plan/plan.ts';
import type { ModelSize } from '../plan/step-work.ts';
import { modelSize, probeSteps, publishedSize, taskSize, type ProbePlaces } from './measured-machine.ts';

export interface Gauges {
  readonly model: ModelSize;
  /** The model as one classifies a task with it. */
  described(task: string): ModelDescription;
  task(name: string): TaskSize | Promise<TaskSize>;
  /** The time of a few steps of one of the trials; null where none can be taken. */
  probe(trials: readonly PlannedTrial[]): Promise<Probe | null>;
  /** What a reader of the numbers must know. */
  readonly notes: readonly string[];
}

/** Of a checkpoint and data that trials could start from. */
export function measuredGauges(places: ProbePlaces): Gauges {
  return {
    ...common(places.model),
    task: (name) => taskSize(name, places.data, places.model),
    probe: (trials) => probeOf(trials, places),
    notes: [],
  };
}

/** Of a config.json alone. */
export function describedGauges(directory: string): Gauges {
  return {
    ...common(directory),
    task: publishedSize,
    probe: () => Promise.resolve(null),
    notes: [
      `${directory} has a config.json and no weights: rows are counted as published, every example at its full length, ` +
        'and ids are not known.',
    ],
  };
}

function common(directory: string): Pick<Gauges, 'model' | 'described'> {
  return { model: modelSize(directory), described: (task) => describeModel(directory, taskNamed(task).numLabels) };
}

/** The first of the trials with LoRA, else of the others, for a few steps; null where it cannot run here. */
async function probeOf(trials: readonly PlannedTrial[], places: ProbePlaces): Promise<Probe | null> {
  const { settings } = trials.find((trial) => trial.settings.method.name === 'lora') ?? trials[0]!;
  try {
    return await probeSteps(settings, places);
  } catch {
    // The trial itself will say why; an estimate is no reason to end.
    return null;
  }
}
