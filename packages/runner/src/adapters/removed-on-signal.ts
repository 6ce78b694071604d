import { rmSync } from 'node:fs';
import { endingOnSignals } from '../interruption.ts';

/** Works on a folder that is of no use half made: a signal takes it away and ends the process. */
export function removedOnSignal<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return endingOnSignals((name) => {
    rmSync(folder, { recursive: true, force: true });
    console.error(`lomap: ${name}: ended before the folder was whole; none is left.`);
  }, work);
}
