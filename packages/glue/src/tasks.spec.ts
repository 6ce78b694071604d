import { describe, expect, test } from '@jest/globals';
import { DataError, findMetric } from '@lomap/tasks';
import { glueTask, glueTasks } from './tasks.ts';

const taskNames = glueTasks.map(({ name }) => name);

describe('glueTask', () => {
  test('there are nine', () => {
    expect(taskNames).toEqual(['cola', 'sst2', 'mrpc', 'stsb', 'qqp', 'mnli', 'qnli', 'rte', 'wnli']);
  });

  test.each(['SST-2', 'sst2', 'sst-2', 'sst_2', 'SST2'])('%s is SST-2', (name) => {
    expect(glueTask(name).title).toBe('SST-2');
  });

  test('every task is found by its name, title and folder', () => {
    for (const name of taskNames) {
      expect(glueTask(name).name).toBe(name);
      expect(glueTask(glueTask(name).title)).toBe(glueTask(name));
      expect(glueTask(glueTask(name).folder)).toBe(glueTask(name));
    }
  });

  test('an unknown one lists the known ones', () => {
    expect(() => glueTask('sst')).toThrow(DataError);
    expect(() => glueTask('sst')).toThrow(/Unknown task "sst".*cola, sst2, .*wnli/);
  });

  test.each(taskNames)('%s is consistent', (name) => {
    const { layout, ...it } = glueTask(name);
    expect(it.metrics).toContain(it.primaryMetric);
    expect(it.metrics.filter((metric) => !findMetric(metric))).toEqual([]);
    expect(it.splits.dev).toContain(it.primarySplit);
    expect(it.numLabels).toBe(it.kind === 'regression' ? 1 : it.labels.length);
    expect(layout.labelCells?.length ?? it.labels.length).toBe(it.labels.length);
    for (const column of [layout.text, layout.label, layout.pair ?? layout.text]) {
      expect(layout.columns).toContain(column);
    }
  });
});
