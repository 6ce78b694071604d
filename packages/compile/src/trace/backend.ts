/** A TensorFlow.js backend that records kernels instead of running them. */
import { CompileError } from '../errors.ts';
import { readWeights, type WeightSource } from '../frozen-source.ts';
import { tf } from '../tf.ts';
import type { ComputedDtype, Dtype, Value } from './graph.ts';
import { Recorder } from './recorder.ts';

/** The name under which the backend is registered with TensorFlow.js. */
export const TRACE_BACKEND = 'lomap-trace';

interface Entry {
  readonly value: Value;
  readonly data?: Float32Array | Int32Array | Uint8Array;
  readonly source?: WeightSource;
}

/** What tfjs calls a DataId: an object used as a key. */
type DataId = tf.TensorInfo['dataId'];

class TraceBackend extends tf.KernelBackend {
  #recorder: Recorder | null = null;
  #entries = new Map<DataId, Entry>();

  get recorder(): Recorder {
    if (!this.#recorder) throw new CompileError('A traced tensor was used outside compile().');
    return this.#recorder;
  }

  get recording(): boolean {
    return this.#recorder !== null;
  }

  start(marksCheckpoints: boolean): Recorder {
    this.#entries = new Map();
    return (this.#recorder = new Recorder(marksCheckpoints));
  }

  stop(): void {
    this.#recorder = null;
    this.#entries = new Map();
  }

  /** A tensor handle, as kernels return it, of a recorded value. */
  info(value: Value, known: Omit<Entry, 'value'> = {}): tf.TensorInfo {
    const dataId: DataId = {};
    this.#entries.set(dataId, { value, ...known });
    return { dataId, shape: [...value.shape], dtype: traceDtype(value.dtype) };
  }

  entry(dataId: DataId): Entry {
    const entry = this.#entries.get(dataId);
    if (!entry) {
      throw new CompileError(
        'A tensor made outside the traced function was used inside it. Pass it as an input, or make it inside with tf.tensor().',
      );
    }
    return entry;
  }

  traced(tensor: tf.TensorInfo): Value {
    return this.entry(tensor.dataId).value;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const data = typed(values, dtype);
    return this.info(this.recorder.constant(data, shape, traceDtype(dtype)), { data }).dataId;
  }

  override move(): void {
    throw new CompileError(
      'A tensor that lives on another backend was used inside a traced function. Pass it as an input, or make it inside with tf.tensor() or frozen().',
    );
  }

  override readSync(dataId: DataId): tf.BackendValues {
    const { data, source, value } = this.entry(dataId);
    if (data) return data;
    if (source) return readWeights(source);
    throw new CompileError(
      `The values of a traced tensor [${value.shape.join(', ')}] were read while compiling. They exist only when the compiled ` +
        'function runs: compute with tensor operations instead of dataSync(), arraySync() or a condition on a value.',
    );
  }

  override async read(dataId: DataId): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override numDataIds(): number {
    return this.#entries.size;
  }
  override incRef(): void {}
  decRef(): void {}
  override refCount(): number {
    return 1;
  }
  override disposeData(): boolean {
    return true;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {}
}

/** The one instance: TensorFlow.js knows a backend by name, and one trace runs at a time. */
export const traceBackend = new TraceBackend();
tf.registerBackend(TRACE_BACKEND, () => traceBackend, 0);

/** What an op needs of the running trace, or null when nothing is being traced. */
export function currentTrace(): { frozen(source: WeightSource): tf.Tensor; readonly recorder: Recorder } | null {
  if (!traceBackend.recording) return null;
  return {
    recorder: traceBackend.recorder,
    frozen: (source) => asTensor(traceBackend.info(traceBackend.recorder.frozen(source), { source })),
  };
}

/** A tensor that TensorFlow.js tracks, of a handle. */
export function asTensor(info: tf.TensorInfo): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(info, traceBackend);
}

export function traceDtype(dtype: tf.DataType | Dtype): ComputedDtype {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new CompileError(`A tensor of type ${dtype} cannot be compiled; use float32, int32 or bool.`);
}

function typed(values: tf.BackendValues, dtype: tf.DataType): Float32Array | Int32Array | Uint8Array {
  switch (traceDtype(dtype)) {
    case 'float32':
      return Float32Array.from(values as ArrayLike<number>);
    case 'int32':
      return Int32Array.from(values as ArrayLike<number>);
    case 'bool':
      return Uint8Array.from(values as ArrayLike<number>);
  }
}
