import type { tf } from '@lomap/compile';
import { denseNorms } from './host.ts';
import type { Along, MatrixShape, Weight } from './types.ts';

/** A frozen weight whose values are read, and whose norms are computed, when first asked for, and once. */
export function frozenWeight(
  path: string,
  shape: MatrixShape,
  read: () => Float32Array,
  tensor: () => tf.Tensor2D,
): Weight {
  const norms = new Map<Along, Float64Array>();
  return {
    path,
    out: shape.out,
    in: shape.in,
    tensor,
    values() {
      const values = read();
      if (values.length !== shape.out * shape.in) {
        throw new RangeError(
          `${path}.weight has ${values.length} values; [${shape.out}, ${shape.in}] needs ${shape.out * shape.in}.`,
        );
      }
      return values;
    },
    norms(along) {
      let found = norms.get(along);
      if (!found) norms.set(along, (found = denseNorms(shape, this.values(), along)));
      return found;
    },
  };
}
