/** The tasks of the suite: their folders, files and generators. */
import type { SplitName } from '@lomap/glue';
import { cola } from './cola.ts';
import { matched, mismatched, mnli } from './mnli.ts';
import { mrpc } from './mrpc.ts';
import { qnli } from './qnli.ts';
import { rte } from './rte.ts';
import type { MakeSet } from './rows.ts';
import { sst2 } from './sst2.ts';
import { stsb } from './stsb.ts';
import { wnli } from './wnli.ts';

export interface SyntheticTask {
  /** The name that `task` knows it by. */
  readonly name: string;
  readonly splits: readonly SyntheticSplit[];
}

export interface SyntheticSplit {
  readonly split: SplitName;
  readonly make: MakeSet;
}

/** Rows a level, of three. Both are multiples of every set's size. */
export const ROWS_PER_LEVEL = { train: 2016, dev: 336 } as const;

function plain(name: string, make: MakeSet): SyntheticTask {
  return { name, splits: (['train', 'dev'] as const).map((split) => ({ split, make })) };
}

/** Eight of GLUE's nine. There is no QQP: MRPC and QNLI stand for its kind. */
export const syntheticTasks: readonly SyntheticTask[] = [
  plain('cola', cola),
  plain('sst2', sst2),
  plain('mrpc', mrpc),
  plain('stsb', stsb),
  {
    name: 'mnli',
    splits: [
      { split: 'train', make: mnli(matched) },
      { split: 'dev_matched', make: mnli(matched) },
      { split: 'dev_mismatched', make: mnli(mismatched) },
    ],
  },
  plain('qnli', qnli),
  plain('rte', rte),
  plain('wnli', wnli),
];
