import { startChild, type Child } from './child.ts';
import { peerProgram, workerProgram } from './paths.ts';

/** Starts a program of ours in a process of its own. */
export function startWorker(name: string): Child {
  return startChild(process.execPath, [workerProgram(name)]);
}

/** Starts a peer's program without Python's warnings and without compiled files left beside it. */
export function startPeer(python: string, name: string, threads: number): Child {
  return startChild(python, ['-B', '-W', 'ignore', peerProgram(name)], { OMP_NUM_THREADS: String(threads) });
}
