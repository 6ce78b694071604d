import { describe, expect, test } from '@jest/globals';
import { DataError, type DataSource, type Task } from '@lomap/tasks';
import { dataSources, findDataSource, registerDataSource } from './sources.ts';
import { findTask, primaryReading, registerTask, taskNamed, taskNames } from './tasks.ts';

const own: Task = {
  name: 'own_task',
  title: 'Own',
  suite: 'own',
  about: 'a test',
  kind: 'classification',
  labels: ['no', 'yes'],
  numLabels: 2,
  metrics: ['accuracy'],
  primaryMetric: 'accuracy',
  splits: { train: 'train', dev: ['test'] },
  primarySplit: 'test',
  rows: {},
  load: () => Promise.resolve({ examples: [], notes: [] }),
  place: () => Promise.resolve(''),
  sha256: () => Promise.resolve(''),
};
const source: DataSource = {
  name: 'own-data',
  title: 'own data',
  tasks: [own],
  provide: () => Promise.resolve({ directory: '.', name: 'own-data' }),
};

describe('tasks', () => {
  test('are GLUE’s nine, found in any spelling', () => {
    expect(taskNames()).toEqual(['cola', 'sst2', 'mrpc', 'stsb', 'qqp', 'mnli', 'qnli', 'rte', 'wnli']);
    expect(['SST-2', 'sst_2', 'sst2'].map((name) => taskNamed(name).title)).toEqual(['SST-2', 'SST-2', 'SST-2']);
    expect(() => taskNamed('sst')).toThrow(DataError);
    expect(() => taskNamed('sst')).toThrow(/Unknown task "sst". There are cola, sst2/);
  });

  test('of a primary metric say how it is read; of an unknown one as a share of one', () => {
    expect(primaryReading('STS-B')).toMatchObject({ title: 'mean of Pearson and Spearman', scale: 100 });
    expect(primaryReading('nobody’s')).toMatchObject({ better: 'larger', scale: 100, unit: 'points', floor: 0 });
  });

  test('that contradict themselves are not registered', () => {
    const refused = (changes: Partial<Task>): (() => void) => {
      return () => registerTask({ ...own, ...changes });
    };
    expect(refused({ name: 'SST_2' })).toThrow('lower-case letters');
    expect(refused({ name: 'sst_2' })).toThrow('Task "sst_2": the registry has one of this name');
    expect(refused({ numLabels: 3 })).toThrow('its numLabels is 3, and classification of its labels has 2.');
    expect(refused({ kind: 'regression', labels: [] })).toThrow('its numLabels is 2, and regression');
    expect(refused({ metrics: ['accuracy', 'bleu'] })).toThrow('there is no metric bleu; registerMetric adds one.');
    expect(refused({ primaryMetric: 'f1' })).toThrow('its primaryMetric f1 is none of its metrics.');
    expect(refused({ primarySplit: 'train' })).toThrow('its primarySplit train is none of its dev splits.');
    expect(taskNames()).toHaveLength(9);
  });
});

describe('data sources', () => {
  test('are found by name, and by a revision where they have some', () => {
    expect(dataSources().map(({ name }) => name)).toEqual(['glue', 'synthetic']);
    expect(findDataSource('glue@main')?.name).toBe('glue');
    expect(findDataSource('synthetic')?.tasks.map(({ name }) => name)).not.toContain('qqp');
    expect([findDataSource('synthetic@2'), findDataSource('glues')]).toEqual([undefined, undefined]);
  });

  test('bring their tasks', () => {
    expect(() => registerDataSource({ ...source, name: 'own/data' })).toThrow('lower-case letters');
    expect(() => registerDataSource({ ...source, name: 'glue' })).toThrow('the registry has one of this name');
    const other = { ...source, tasks: [own, { ...own, name: 'rte' }] };
    expect(() => registerDataSource(other)).toThrow('its task rte is another than the registry');
    expect(findTask('own_task')).toBeUndefined();
    registerDataSource(source);
    expect([findTask('own-task'), findDataSource('own-data')]).toEqual([own, source]);
    // A second source of the same tasks.
    registerDataSource({ ...source, name: 'mirror' });
    expect(taskNames().filter((name) => name === 'own_task')).toHaveLength(1);
  });
});
