import { ChildError, startChild, type Child } from '../common/child.ts';
import type { MethodName } from '../common/methods.ts';
import { peerProgram, workerProgram } from '../common/paths.ts';
import type { EngineName, StepArguments } from './arguments.ts';
import type { Contestant } from './interleave.ts';
import type { Loaded, LoadRequest, Turn, TurnRequest } from './protocol.ts';
import type { RowKey } from './report.ts';

/** An engine's process with one method loaded. */
export interface LoadedContestant extends Contestant<RowKey> {
  readonly loaded: Loaded;
  end(): Promise<void>;
}

/** What every contestant is given; the method and the device are added. */
export type Job = Omit<LoadRequest, 'method' | 'device'>;

/** TensorFlow.js's backends, in the order in which they are tried: the first that has every kernel is timed. */
const tfjsDevices = ['tfjs-wasm', 'tfjs-cpu'] as const;

/**
 * Starts a process of its own for this engine and method: thread pools of one never spin while another of the same
 * process computes.
 */
export async function startContestant(
  engine: EngineName,
  method: MethodName,
  job: Job,
  { runs, tfjsRuns }: StepArguments,
  python: string | null,
  note: (text: string) => void,
): Promise<LoadedContestant> {
  if (engine === 'compiled') return load(startChild(...ours()), 'compiled', { ...job, method, device: 'cpu' }, runs, 1);
  if (engine === 'pytorch-peft') {
    if (python === null) throw new ChildError('There is no Python with PyTorch.');
    const child = startChild(python, ['-W', 'ignore', peerProgram('pytorch_peft_step.py')], {
      OMP_NUM_THREADS: String(job.threads),
    });
    return load(child, engine, { ...job, method, device: 'cpu' }, runs, 1);
  }
  let refused: ChildError | null = null;
  for (const device of tfjsDevices) {
    try {
      // A step of seconds needs no warm-up but the one that loading ends with.
      return await load(startChild(...ours()), device, { ...job, method, device }, tfjsRuns, 0);
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      note(`${device} ${method} does not run: ${error.message.split('\n')[0]}`);
      refused = error;
    }
  }
  throw refused!;
}

function ours(): [string, string[]] {
  return [process.execPath, [workerProgram('step-worker.js')]];
}

async function load(
  child: Child,
  engine: string,
  request: LoadRequest,
  runs: number,
  warmUp: number,
): Promise<LoadedContestant> {
  try {
    const loaded = (await child.ask(request)) as Loaded;
    const turn: TurnRequest = { command: 'turn', warmUp };
    return {
      key: { engine, method: request.method, threads: loaded.threads },
      runs,
      loaded,
      run: async () => ((await child.ask(turn)) as Turn).ms,
      end: () => child.end(),
    };
  } catch (error) {
    await child.end();
    throw error;
  }
}
