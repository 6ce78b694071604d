import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where timings were taken. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  /** Load average over the minute before the run: above 0 on a machine that is not quiet. */
  readonly loadBefore: number;
  /** Versions of the engines, as far as they took part. */
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine now; call it before the run. */
export function describeMachine(): Omit<Machine, 'versions'> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: Math.round(loadavg()[0]! * 100) / 100,
  };
}

/** One line for people. */
export function machineText({ cpu, cores, platform, node, loadBefore, versions }: Machine): string {
  const engines = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${platform}, node ${node}, load before ${loadBefore}; ${engines.join(', ')}`;
}
