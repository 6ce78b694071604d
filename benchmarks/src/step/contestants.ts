import { ChildError, type Child } from '../common/child.ts';
import type { MethodName } from '../common/methods.ts';
import { startPeer, startWorker } from '../common/programs.ts';
import type { EngineName, StepArguments } from './arguments.ts';
import type { Contestant } from './interleave.ts';
import type { Job } from './job.ts';
import type { Loaded, LoadRequest, Turn, TurnRequest } from './protocol.ts';
import type { RowKey } from './report.ts';

/** An engine's process with one method loaded. */
export interface LoadedContestant extends Contestant<RowKey> {
  readonly loaded: Loaded;
  end(): Promise<void>;
}

/**
 * Starts a process of its own for this engine and method: thread pools of one never spin while another of the same
 * process computes.
 */
export async function startContestant(
  engine: EngineName,
  method: MethodName,
  job: Job,
  { runs, tfjsRuns }: Pick<StepArguments, 'runs' | 'tfjsRuns'>,
  python: string | null,
  note: (text: string) => void,
): Promise<LoadedContestant> {
  const request = { ...job, method, device: 'cpu', torchCompile: engine === 'torch-compile' } as const;
  // A step of seconds needs no warm-up but the one that loading ends with.
  const slow = (device: 'tfjs-wasm' | 'tfjs-cpu'): Promise<LoadedContestant> =>
    load(startWorker('step-worker.js'), device, { ...request, device }, tfjsRuns, 0);
  if (engine === 'compiled') return load(startWorker('step-worker.js'), engine, request, runs, 1);
  if (engine === 'floor') return load(startWorker('floor-worker.js'), engine, request, runs, 1);
  if (engine === 'tfjs-node') {
    return load(startWorker('step-worker.js'), engine, { ...request, device: engine }, runs, 1);
  }
  if (engine === 'tfjs-wasm') {
    try {
      return await slow(engine);
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      note(`${engine} ${method} does not run, tfjs-cpu instead: ${error.message.split('\n')[0]}`);
      return slow('tfjs-cpu');
    }
  }
  if (python === null) throw new ChildError(`There is no Python for ${engine}.`);
  const child = startPeer(python, engine === 'jax' ? 'jax_step.py' : 'pytorch_peft_step.py', job.threads);
  return load(child, engine, request, runs, 1);
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
