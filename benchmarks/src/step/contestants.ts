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
export type Job = Omit<LoadRequest, 'method' | 'device' | 'torchCompile'>;

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
  const request = { ...job, method, device: 'cpu', torchCompile: engine === 'torch-compile' } as const;
  if (engine === 'compiled') return load(startChild(...ours('step-worker.js')), engine, request, runs, 1);
  if (engine === 'floor') return load(startChild(...ours('floor-worker.js')), engine, request, runs, 1);
  if (engine !== 'tfjs') {
    if (python === null) throw new ChildError(`There is no Python for ${engine}.`);
    const program = ['-W', 'ignore', peerProgram(engine === 'jax' ? 'jax_step.py' : 'pytorch_peft_step.py')];
    const child = startChild(python, program, { OMP_NUM_THREADS: String(job.threads) });
    return load(child, engine, request, runs, 1);
  }
  let refused: ChildError | null = null;
  for (const device of tfjsDevices) {
    try {
      // A step of seconds needs no warm-up but the one that loading ends with.
      return await load(startChild(...ours('step-worker.js')), device, { ...request, device }, tfjsRuns, 0);
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      note(`${device} ${method} does not run: ${error.message.split('\n')[0]}`);
      refused = error;
    }
  }
  throw refused!;
}

function ours(program: string): [string, string[]] {
  return [process.execPath, [workerProgram(program)]];
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
