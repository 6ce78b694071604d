import { setTimeout as sleep } from 'node:timers/promises';

/** Something that is timed, a run at a time. */
export interface Contestant<Key> {
  readonly key: Key;
  /** How many runs; those who need fewer than others drop out after theirs. */
  readonly runs: number;
  run(): Promise<number>;
}

/** A contestant's timings, one a round, in the order of rounds. */
export interface Timed<Key> {
  readonly key: Key;
  readonly times: readonly number[];
}

/**
 * Milliseconds between two processes' turns: OpenMP's runtimes let idle threads spin for up to 200 ms, ONNX Runtime's
 * for tens of milliseconds.
 */
export const PAUSE = 250;

/**
 * Times contestants in turn: every round runs each once, every second round in reverse order, so that drift of the
 * machine and what a neighbour leaves in the caches favour nobody. Timing i of each is from round i.
 *
 * @param pause milliseconds before each run, for the last one's thread pool to stop spinning.
 */
export async function interleave<Key>(
  contestants: readonly Contestant<Key>[],
  pause: number,
  onRound: (round: number, rounds: number) => void = () => {},
): Promise<Timed<Key>[]> {
  const rounds = Math.max(0, ...contestants.map(({ runs }) => runs));
  const timed = contestants.map(({ key }) => ({ key, times: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    onRound(round, rounds);
    const order = contestants.map((_, i) => (round % 2 === 0 ? i : contestants.length - 1 - i));
    for (const i of order) {
      const contestant = contestants[i]!;
      if (round >= contestant.runs) continue;
      await sleep(pause);
      timed[i]!.times.push(await contestant.run());
    }
  }
  return timed;
}
