/**
 * The nine tasks of GLUE. Label ids and class names are those of the `nyu-mll/glue` data set of the Hugging Face hub,
 * metrics those of the GLUE benchmark (for MRPC and QQP it reports accuracy and F1; the primary one here is accuracy).
 */
import { DataError, plainName } from '@lomap/tasks';
import { dataSha256, rowPlace } from './files.ts';
import { loadLevels } from './levels.ts';
import { loadTask, splitOf } from './load.ts';
import type { GlueTask } from './task.ts';

const zeroOne = ['0', '1'];
const dev = { splits: { train: 'train', dev: ['dev'] }, primarySplit: 'dev' } as const;

function classes(labels: readonly string[]) {
  return { kind: 'classification', labels, numLabels: labels.length } as const;
}

const nine: readonly Omit<GlueTask, 'suite' | 'load' | 'place' | 'sha256' | 'levels'>[] = [
  {
    name: 'cola',
    title: 'CoLA',
    about: 'whether a sentence is acceptable English',
    folder: 'CoLA',
    ...classes(['unacceptable', 'acceptable']),
    metrics: ['matthews_correlation', 'accuracy'],
    primaryMetric: 'matthews_correlation',
    ...dev,
    rows: { train: 8551, dev: 1043 },
    layout: {
      header: false,
      columns: ['source', 'label', 'star', 'sentence'],
      text: 'sentence',
      pair: null,
      label: 'label',
      labelCells: zeroOne,
    },
  },
  {
    name: 'sst2',
    title: 'SST-2',
    about: 'whether a film review is positive',
    folder: 'SST-2',
    ...classes(['negative', 'positive']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
    rows: { train: 67_349, dev: 872 },
    layout: {
      header: true,
      columns: ['sentence', 'label'],
      text: 'sentence',
      pair: null,
      label: 'label',
      labelCells: zeroOne,
    },
  },
  {
    name: 'mrpc',
    title: 'MRPC',
    about: 'whether two sentences mean the same',
    folder: 'MRPC',
    ...classes(['not_equivalent', 'equivalent']),
    metrics: ['accuracy', 'f1'],
    primaryMetric: 'accuracy',
    ...dev,
    rows: { train: 3668, dev: 408 },
    layout: {
      header: true,
      columns: ['Quality', '#1 ID', '#2 ID', '#1 String', '#2 String'],
      text: '#1 String',
      pair: '#2 String',
      label: 'Quality',
      labelCells: zeroOne,
    },
  },
  {
    name: 'stsb',
    title: 'STS-B',
    about: 'how similar two sentences are, from 0 to 5',
    folder: 'STS-B',
    kind: 'regression',
    labels: [],
    numLabels: 1,
    metrics: ['pearson', 'spearman', 'pearson_spearman'],
    primaryMetric: 'pearson_spearman',
    ...dev,
    rows: { train: 5749, dev: 1500 },
    layout: {
      header: true,
      columns: [
        ...['index', 'genre', 'filename', 'year', 'old_index', 'source1', 'source2'],
        ...['sentence1', 'sentence2', 'score'],
      ],
      text: 'sentence1',
      pair: 'sentence2',
      label: 'score',
    },
  },
  {
    name: 'qqp',
    title: 'QQP',
    about: 'whether two questions ask the same',
    folder: 'QQP',
    ...classes(['not_duplicate', 'duplicate']),
    metrics: ['accuracy', 'f1'],
    primaryMetric: 'accuracy',
    ...dev,
    rows: { train: 363_846, dev: 40_430 },
    layout: {
      header: true,
      columns: ['id', 'qid1', 'qid2', 'question1', 'question2', 'is_duplicate'],
      text: 'question1',
      pair: 'question2',
      label: 'is_duplicate',
      labelCells: zeroOne,
      tornRows: true, // https://github.com/nyu-mll/GLUE-baselines/issues/5
    },
  },
  {
    name: 'mnli',
    title: 'MNLI',
    about: 'whether a premise entails a hypothesis, contradicts it or neither',
    folder: 'MNLI',
    ...classes(['entailment', 'neutral', 'contradiction']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    splits: { train: 'train', dev: ['dev_matched', 'dev_mismatched'] },
    primarySplit: 'dev_matched',
    rows: { train: 392_702, dev_matched: 9815, dev_mismatched: 9832 },
    layout: {
      header: true,
      columns: [
        ...['index', 'promptID', 'pairID', 'genre', 'sentence1_binary_parse', 'sentence2_binary_parse'],
        ...['sentence1_parse', 'sentence2_parse', 'sentence1', 'sentence2', 'label1', 'gold_label'],
      ],
      text: 'sentence1',
      pair: 'sentence2',
      label: 'gold_label',
      noLabel: '-',
    },
  },
  {
    name: 'qnli',
    title: 'QNLI',
    about: 'whether a sentence holds the answer to a question',
    folder: 'QNLI',
    ...classes(['entailment', 'not_entailment']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
    rows: { train: 104_743, dev: 5463 },
    layout: {
      header: true,
      columns: ['index', 'question', 'sentence', 'label'],
      text: 'question',
      pair: 'sentence',
      label: 'label',
    },
  },
  {
    name: 'rte',
    title: 'RTE',
    about: 'whether a premise entails a hypothesis',
    folder: 'RTE',
    ...classes(['entailment', 'not_entailment']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
    rows: { train: 2490, dev: 277 },
    layout: {
      header: true,
      columns: ['index', 'sentence1', 'sentence2', 'label'],
      text: 'sentence1',
      pair: 'sentence2',
      label: 'label',
    },
  },
  {
    name: 'wnli',
    title: 'WNLI',
    about: 'whether a sentence with its pronoun replaced follows',
    folder: 'WNLI',
    ...classes(['not_entailment', 'entailment']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
    rows: { train: 635, dev: 71 },
    layout: {
      header: true,
      columns: ['index', 'sentence1', 'sentence2', 'label'],
      text: 'sentence1',
      pair: 'sentence2',
      label: 'label',
      labelCells: zeroOne,
    },
  },
];

/** All tasks, in GLUE's order. */
export const glueTasks: readonly GlueTask[] = nine.map((data) => {
  const task: GlueTask = {
    ...data,
    suite: 'glue',
    load: (folder, split) => loadTask(task, folder, split),
    place: (folder, split, index) => rowPlace(task, folder, splitOf(task, split), index),
    sha256: (folder) => dataSha256(task, folder),
    levels: (folder, split) => loadLevels(task, folder, split),
  };
  return task;
});

/**
 * GLUE's task of that name, spelled as the hub does, as GLUE does, or between: `sst2`, `SST-2`, `sst-2`, `STS_B`.
 *
 * @throws DataError naming GLUE's tasks if there is none.
 */
export function glueTask(name: string): GlueTask {
  const found = glueTasks.find((candidate) => candidate.name === plainName(name));
  if (found) return found;
  throw new DataError(
    `Unknown task "${name}". The tasks of GLUE are ${glueTasks.map((task) => task.name).join(', ')}.`,
  );
}
