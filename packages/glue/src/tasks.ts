/**
 * The nine tasks of GLUE. Label ids and class names are those of the `nyu-mll/glue` data set of the Hugging Face hub,
 * metrics those of the GLUE benchmark (for MRPC and QQP it reports accuracy and F1; the primary one here is accuracy).
 */
import type { GlueTask } from './task.ts';

const zeroOne = ['0', '1'];
const dev = { splits: { train: 'train', dev: ['dev'] }, primarySplit: 'dev' } as const;

function classes(labels: readonly string[]) {
  return { kind: 'classification', labels, numLabels: labels.length, maxLength: 128 } as const;
}

export const tasks: readonly GlueTask[] = [
  {
    name: 'cola',
    title: 'CoLA',
    folder: 'CoLA',
    ...classes(['unacceptable', 'acceptable']),
    metrics: ['matthews_correlation', 'accuracy'],
    primaryMetric: 'matthews_correlation',
    ...dev,
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
    folder: 'SST-2',
    ...classes(['negative', 'positive']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
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
    folder: 'MRPC',
    ...classes(['not_equivalent', 'equivalent']),
    metrics: ['accuracy', 'f1'],
    primaryMetric: 'accuracy',
    ...dev,
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
    folder: 'STS-B',
    kind: 'regression',
    labels: [],
    numLabels: 1,
    maxLength: 128,
    metrics: ['pearson', 'spearman', 'pearson_spearman'],
    primaryMetric: 'pearson_spearman',
    ...dev,
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
    folder: 'QQP',
    ...classes(['not_duplicate', 'duplicate']),
    metrics: ['accuracy', 'f1'],
    primaryMetric: 'accuracy',
    ...dev,
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
    folder: 'MNLI',
    ...classes(['entailment', 'neutral', 'contradiction']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    splits: { train: 'train', dev: ['dev_matched', 'dev_mismatched'] },
    primarySplit: 'dev_matched',
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
    folder: 'QNLI',
    ...classes(['entailment', 'not_entailment']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
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
    folder: 'RTE',
    ...classes(['entailment', 'not_entailment']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
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
    folder: 'WNLI',
    ...classes(['not_entailment', 'entailment']),
    metrics: ['accuracy'],
    primaryMetric: 'accuracy',
    ...dev,
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
