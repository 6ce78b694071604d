import { asTensor, currentTrace, traceBackend } from '../trace/backend.ts';
import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * x itself, marked: gradient checkpointing (Chen et al. 2016, arXiv 1604.06174) keeps x for the backward pass and
 * computes again what lies between it and the next mark. Call it on the input of every layer.
 *
 * An identity in value and gradient. It has an effect only in a function compiled with `recompute`.
 */
export function checkpoint<T extends tf.Tensor>(x: T): T {
  if (!currentTrace()?.recorder.marksCheckpoints) return x;
  return withGradient((x) => {
    const value = mark('Checkpoint', x!);
    return {
      value,
      saved: [value],
      gradFunc: (dy, [value]) => mark('CheckpointGradient', dy, value!),
    };
  })(x) as T;
}

/** Records a node whose value is its first operand's. */
function mark(op: 'Checkpoint' | 'CheckpointGradient', ...operands: [tf.Tensor, ...tf.Tensor[]]): tf.Tensor {
  const values = operands.map((operand) => traceBackend.traced(operand));
  const { shape, dtype } = values[0]!;
  return asTensor(traceBackend.info(traceBackend.recorder.node(op, values, shape, dtype)));
}
