import { taskNamed } from '@lomap/data';
import type { Trial } from '@lomap/results';
import type { Identity } from '../plan/plan.ts';
import type { Asked } from './damage.ts';

/** Counts a dev split's examples in a folder of data, each split once; undefined for a trial of other data. */
export function devRowsOf(directory: string, identity: Identity): NonNullable<Asked['devRows']> {
  const counted = new Map<string, Promise<number>>();
  return async ({ settings }: Trial, split: string) => {
    if (identity.data.get(settings.task)?.sha256 !== settings.data.sha256) return undefined;
    const task = taskNamed(settings.task);
    const name = task.splits.dev.find((known) => known === split);
    if (name === undefined) return undefined;
    const key = `${task.name} ${name}`;
    const count = counted.get(key) ?? task.load(directory, name).then(({ examples }) => examples.length);
    counted.set(key, count);
    return count;
  };
}
