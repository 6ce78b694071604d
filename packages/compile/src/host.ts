/** Values outside the engine: what a compiled or an eager function takes and returns. */

/** The element types that cross the engine's border. */
export type HostDtype = 'float32' | 'int32';

/** A dense row-major array on the host. `data.length` is the product of `shape`. */
export interface HostTensor {
  readonly dtype: HostDtype;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Number of elements of an array of this shape; 1 for a scalar, `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** A float32 host tensor. Throws a RangeError when the number of values is not that of the shape. */
export function float32(data: Float32Array | readonly number[], shape: readonly number[]): HostTensor {
  return checked({ dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) });
}

/** An int32 host tensor. Throws a RangeError when the number of values is not that of the shape. */
export function int32(data: Int32Array | readonly number[], shape: readonly number[]): HostTensor {
  return checked({ dtype: 'int32', shape, data: data instanceof Int32Array ? data : Int32Array.from(data) });
}

/** The values of a float32 host tensor. Throws a TypeError when it has others. */
export function floats(tensor: HostTensor): Float32Array {
  if (tensor.dtype !== 'float32') throw new TypeError(`Expected float32 values, not ${tensor.dtype}.`);
  return tensor.data as Float32Array;
}

function checked(tensor: HostTensor): HostTensor {
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new RangeError(`${tensor.data.length} values do not fill the shape [${tensor.shape.join(', ')}].`);
  }
  return tensor;
}
