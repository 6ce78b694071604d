/** What can be scored on a task without reading: the most frequent answer, and linear models of bags of words. */
import { type GlueTask, loadSplit, type SplitName } from '@lomap/glue';
import { type Example, score } from '@lomap/tasks';
import { featuresOf, type View, Vocabulary } from './features.ts';
import { fitLinear } from './linear-model.ts';

export type Baseline = 'majority' | View;

/** Scores of one baseline on one dev split, in the task's primary metric, times 100. */
export interface Floor {
  readonly task: string;
  readonly split: SplitName;
  readonly metric: string;
  readonly baseline: Baseline;
  readonly all: number;
  readonly byLevel: Readonly<Record<string, number>>;
  readonly trainRows: number;
  readonly devRows: number;
}

/** All baselines of a task, trained on train, scored on its dev splits. */
export async function floorsOf(task: GlueTask, data: string): Promise<Floor[]> {
  const train = await loadSplit(task, data, task.splits.train);
  const baselines: Baseline[] = ['majority', 'bag', ...(train[0]?.pair === null ? [] : ['second' as const])];
  const models = baselines.map((baseline) => ({ baseline, predict: fitBaseline(task, train, baseline) }));
  const floors: Floor[] = [];
  for (const split of task.splits.dev) {
    const dev = await loadSplit(task, data, split);
    const levels = await task.levels?.(data, split);
    for (const { baseline, predict } of models) {
      const outputs = dev.map(predict);
      const measure = (chosen: readonly number[]): number =>
        100 *
        score(
          task,
          chosen.map((i) => outputs[i]!),
          chosen.map((i) => dev[i]!.label),
        ).scores[task.primaryMetric]!;
      const everything = dev.map((_, i) => i);
      const byLevel = Object.fromEntries(
        [...new Set(levels?.values() ?? [])]
          .sort((a, b) => a - b)
          .map((level) => [`level ${level}`, measure(everything.filter((i) => levels!.get(dev[i]!.index) === level))]),
      );
      floors.push({
        ...{ task: task.title, split, metric: task.primaryMetric, baseline },
        ...{ all: measure(everything), byLevel, trainRows: train.length, devRows: dev.length },
      });
    }
  }
  return floors;
}

function fitBaseline(task: GlueTask, train: readonly Example[], baseline: Baseline): (example: Example) => number[] {
  const labels = train.map(({ label }) => label);
  if (baseline === 'majority') {
    const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
    const counts = task.labels.map((_, id) => labels.filter((label) => label === id).length);
    const constant = task.kind === 'regression' ? [mean] : counts;
    return () => constant;
  }
  const vocabulary = new Vocabulary();
  const rows = train.map((example) => vocabulary.encode(featuresOf(example, baseline), true));
  const model = fitLinear(rows, labels, { features: vocabulary.size, numOutputs: task.numLabels });
  return (example) => model.outputs(vocabulary.encode(featuresOf(example, baseline), false));
}
