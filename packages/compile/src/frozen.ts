import { placeOf, readWeights, type WeightSource } from './frozen-source.ts';
import { tf } from './tf.ts';
import { currentTrace } from './trace/backend.ts';

/** Tensors already read on an eager backend, by backend and place, so that a step does not read the file again. */
const eagerTensors = new Map<string, tf.Tensor>();

/**
 * A frozen weight as a leaf.
 *
 * While a function is traced this records where the values lie and reads nothing; on any other backend it is an
 * ordinary tensor holding the file's values as float32, read once and kept.
 *
 * @throws CompileError when the file ends before the tensor does.
 */
export function frozen(source: WeightSource): tf.Tensor {
  const trace = currentTrace();
  if (trace) return trace.frozen(source);
  const place = `${tf.getBackend()}:${placeOf(source)}`;
  let tensor = eagerTensors.get(place);
  if (!tensor) {
    tensor = tf.keep(tf.tensor(readWeights(source), [...source.shape], 'float32'));
    eagerTensors.set(place, tensor);
  }
  return tensor;
}

/** Releases the tensors that `frozen` keeps on eager backends. */
export function disposeFrozen(): void {
  for (const tensor of eagerTensors.values()) tensor.dispose();
  eagerTensors.clear();
}
