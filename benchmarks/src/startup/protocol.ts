/** What benchmarks:startup and its processes say to each other. */
import type { MethodName } from '../common/methods.ts';

export interface StartupJob {
  readonly model: string;
  readonly method: MethodName;
  readonly threads: number;
  readonly cacheDirectory: string;
}

/** Milliseconds of each phase, in order; `process` is Node's own start until our first line, `step` one step of 16 x 32. */
export const phases = ['process', 'imports', 'model', 'compile', 'step'] as const;

export type Phase = (typeof phases)[number];

/** When the phases ended: milliseconds since the epoch. */
export interface StartupAnswer {
  readonly type: 'started';
  readonly ended: Readonly<Record<Phase, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Milliseconds of a start. `total`: from spawning the process until its first step has ended. */
export type Start = Readonly<Record<Phase | 'total', number>>;

/** The phases' lengths from their ends. */
export function startOf(spawned: number, ended: StartupAnswer['ended']): Start {
  const entries = phases.map(
    (phase, i) => [phase, ended[phase] - (i === 0 ? spawned : ended[phases[i - 1]!])] as const,
  );
  return { ...(Object.fromEntries(entries) as Record<Phase, number>), total: ended.step - spawned };
}
