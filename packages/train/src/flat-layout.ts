import { sizeOf, tf } from '@lomap/compile';
import type { ParamGroup, ParamSpec } from '@lomap/peft';

/** Where one trainable tensor lies in the flat vector. */
export interface Segment {
  /** Position of the tensor in the specs. */
  readonly index: number;
  readonly name: string;
  readonly shape: readonly number[];
  /** First element and number of elements. */
  readonly offset: number;
  readonly size: number;
  readonly group: ParamGroup;
  readonly decay: boolean;
  readonly learningRateMultiplier: number;
  /** Its peak learning rate, whatever its group's is. Absent: the group's. */
  readonly learningRate?: number | undefined;
}

/** A contiguous stretch of the flat vector that is clipped by one norm. */
export interface GroupSpan {
  readonly name: ParamGroup;
  readonly offset: number;
  readonly size: number;
}

/** How all trainable tensors lie in one flat float32 vector of `size` elements. */
export interface FlatLayout {
  readonly size: number;
  /** In the order of the flat vector. */
  readonly segments: readonly Segment[];
  /** In the order of the flat vector; only groups that have elements. */
  readonly groups: readonly GroupSpan[];
}

const GROUP_ORDER: readonly ParamGroup[] = ['adapter', 'scalars', 'head'];

/**
 * Lays trainable tensors out in one vector, a pure function of the specs.
 *
 * Groups are contiguous, in the order adapter, scalars, head. Inside a group, tensors of equal learning-rate multiplier
 * and weight decay are contiguous too (few constant stretches), and otherwise keep the order of the specs.
 *
 * Throws when there is nothing to train, a name occurs twice or a tensor has no elements.
 */
export function flatLayout(specs: readonly ParamSpec[]): FlatLayout {
  if (specs.length === 0) throw new Error('Nothing to train: the adaptation has no trainable tensors.');
  const names = new Set<string>();
  for (const spec of specs) {
    if (names.has(spec.name)) throw new Error(`Two trainable tensors are called ${spec.name}; names must differ.`);
    if (sizeOf(spec.shape) < 1) {
      throw new Error(`The trainable tensor ${spec.name} has no elements: its shape is [${spec.shape.join(', ')}].`);
    }
    names.add(spec.name);
  }
  // Array.prototype.sort is stable, so equal tensors keep the order of the specs.
  const order = specs
    .map((spec, index) => ({ spec, index }))
    .sort(
      (a, b) =>
        GROUP_ORDER.indexOf(a.spec.group) - GROUP_ORDER.indexOf(b.spec.group) ||
        a.spec.learningRateMultiplier - b.spec.learningRateMultiplier ||
        (a.spec.learningRate ?? 0) - (b.spec.learningRate ?? 0) ||
        Number(b.spec.decay) - Number(a.spec.decay),
    );
  let offset = 0;
  const segments = order.map(({ spec, index }): Segment => {
    const { name, shape, group, decay, learningRateMultiplier, learningRate } = spec;
    const size = sizeOf(shape);
    offset += size;
    const place = { index, name, shape, offset: offset - size, size, group, decay, learningRateMultiplier };
    return learningRate === undefined ? place : { ...place, learningRate };
  });
  const groups = GROUP_ORDER.flatMap((name): GroupSpan[] => {
    const own = segments.filter((segment) => segment.group === name);
    const first = own[0];
    return first ? [{ name, offset: first.offset, size: own.reduce((sum, { size }) => sum + size, 0) }] : [];
  });
  return { size: offset, segments, groups };
}

/** One flat vector [P] from the tensors' values in the order of the specs. Throws when a length does not fit. */
export function packParams(layout: FlatLayout, values: readonly Float32Array[]): Float32Array {
  if (values.length !== layout.segments.length) {
    throw new RangeError(`${values.length} arrays given for ${layout.segments.length} trainable tensors.`);
  }
  const flat = new Float32Array(layout.size);
  for (const { index, name, shape, offset, size } of layout.segments) {
    const value = values[index]!;
    if (value.length !== size) {
      throw new RangeError(`${name} has ${value.length} values; its shape [${shape.join(', ')}] needs ${size}.`);
    }
    flat.set(value, offset);
  }
  return flat;
}

/** The tensors' values in the order of the specs, copied out of the flat vector [P]. */
export function unpackParams(layout: FlatLayout, flat: Float32Array): Float32Array[] {
  if (flat.length !== layout.size) {
    throw new RangeError(`A vector of ${flat.length} values given for ${layout.size} trainable parameters.`);
  }
  const values: Float32Array[] = [];
  for (const { index, offset, size } of layout.segments) values[index] = flat.slice(offset, offset + size);
  return values;
}

/** As `unpackParams`, on tensors: one split and one reshape a tensor. */
export function splitParams(layout: FlatLayout, flat: tf.Tensor1D): tf.Tensor[] {
  const parts = tf.split(
    flat,
    layout.segments.map(({ size }) => size),
  );
  const tensors: tf.Tensor[] = [];
  layout.segments.forEach(({ index, shape }, i) => {
    tensors[index] = tf.reshape(parts[i]!, [...shape]);
  });
  return tensors;
}

/** As `packParams`, on tensors: one reshape a tensor and one concatenation. */
export function concatParams(layout: FlatLayout, tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.concat(layout.segments.map(({ index, size }) => tf.reshape(tensors[index]!, [size]) as tf.Tensor1D));
}

/**
 * A constant of each segment, for elementwise use with the flat vector: a plain number when all are equal, else a
 * vector [P] of as many constant stretches as there are runs of equal segments.
 */
export function perSegment(layout: FlatLayout, value: (segment: Segment) => number): number | tf.Tensor1D {
  const runs: { value: number; size: number }[] = [];
  for (const segment of layout.segments) {
    const last = runs.at(-1);
    const own = value(segment);
    if (last?.value === own) last.size += segment.size;
    else runs.push({ value: own, size: segment.size });
  }
  if (runs.length === 1) return runs[0]!.value;
  return tf.concat(runs.map((run) => tf.fill([run.size], run.value) as tf.Tensor1D));
}
