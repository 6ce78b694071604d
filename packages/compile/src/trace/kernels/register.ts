import { tf } from '../../tf.ts';
import { TRACE_BACKEND, traceBackend } from '../backend.ts';
import type { Dtype, Value } from '../graph.ts';
import type { Recorder } from '../recorder.ts';

/** What a kernel's recording function is given: the recorder, the inputs as values, and TensorFlow.js's attributes. */
export interface Call<A> {
  readonly recorder: Recorder;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attributes: A;
}

/** Names of the kernels this backend records, in the order of registration. */
export const supportedKernels: string[] = [];

/** Registers how a TensorFlow.js kernel is recorded. */
export function kernel<A = Record<string, never>>(name: string, record: (call: Call<A>) => Value | Value[]): void {
  supportedKernels.push(name);
  tf.registerKernel({
    kernelName: name,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const values: Record<string, Value> = {};
      for (const [key, tensor] of Object.entries(inputs)) {
        if (tensor) values[key] = traceBackend.traced(tensor as tf.TensorInfo);
      }
      const result = record({ recorder: traceBackend.recorder, inputs: values, attributes: attrs as A });
      return Array.isArray(result) ? result.map((value) => traceBackend.info(value)) : traceBackend.info(result);
    },
  });
}

/** The input of this name; TensorFlow.js always passes the ones its kernels declare. */
export function input(call: { inputs: Readonly<Record<string, Value>> }, name: string): Value {
  const value = call.inputs[name];
  if (!value) throw new TypeError(`The kernel was called without its input ${name}.`);
  return value;
}

/** A constant vector of int64 as an operand. */
export function sizes(values: readonly number[]): { sizes: readonly number[] } {
  return { sizes: [...values] };
}

/** A constant scalar of the trace. */
export function scalar(recorder: Recorder, value: number, dtype: Dtype = 'float32'): Value {
  const data =
    dtype === 'float32' ? Float32Array.of(value) : dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  return recorder.constant(data, [], dtype);
}

/** The shape of an elementwise operation on two shapes. */
export function broadcast(a: Value, b: Value): number[] {
  return tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
}

/** The values as another type; the same value when they have it already. */
export function cast(recorder: Recorder, x: Value, to: Dtype): Value {
  return x.dtype === to ? x : recorder.node('Cast', [x], x.shape, to, { to });
}

/** Where the condition holds `yes`, elsewhere `no`. ONNX Runtime chooses between numbers only, so bools go as int32. */
export function choose(recorder: Recorder, condition: Value, yes: Value, no: Value, shape: readonly number[]): Value {
  if (yes.dtype !== 'bool') return recorder.node('Where', [condition, yes, no], shape, yes.dtype);
  const numbers = [yes, no].map((value) => cast(recorder, value, 'int32'));
  return cast(recorder, recorder.node('Where', [condition, ...numbers], shape, 'int32'), 'bool');
}
