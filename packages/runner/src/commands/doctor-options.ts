/** The flags of `lomap doctor`, apart from the command so that `lomap --help` need not load it. */
import type { Argv } from 'yargs';

export interface DoctorArguments {
  readonly device?: string | undefined;
  readonly threads?: number | undefined;
  readonly steps?: number | undefined;
  readonly limit?: number | undefined;
  readonly json: boolean;
}

/** The flags of `lomap doctor`. */
export function doctorOptions<T>(y: Argv<T>) {
  return y
    .option('device', { type: 'string', describe: 'devices to test: cpu,webgpu [default: all]', requiresArg: true })
    .option('threads', { type: 'number', describe: 'threads of one operator [default: 1]', requiresArg: true })
    .option('steps', {
      type: 'number',
      describe: 'training steps to compare with cpu [default: 10]',
      requiresArg: true,
    })
    .option('limit', {
      type: 'number',
      describe: 'seconds after which a device is given up [default: 180]',
      requiresArg: true,
    })
    .option('json', { type: 'boolean', default: false, describe: 'print JSON instead of a table' });
}
