import { closeSync, openSync, readSync } from 'node:fs';
import { CompileError } from './errors.ts';
import { sizeOf } from './host.ts';
import { widen, type SixteenBits } from './sixteen-bits.ts';

/**
 * Where a frozen weight's values lie: `offset` bytes into `file`, row-major, little-endian.
 *
 * The engine hands this place to ONNX Runtime, which maps the file; the values are read in JavaScript only when
 * someone asks for them. Whoever computes with the weight sees float32: values of 16 bits stay so in the file, and are
 * widened where they are read (`castFrozen`).
 */
export interface WeightSource {
  /** The weight's name, for error messages and for naming it in the graph. */
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** Byte offset of the first value; a multiple of a value's size. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** The type of the values in the file. @default float32 */
  readonly dtype?: SixteenBits | 'float32';
}

/** Its values' type where that has 16 bits; null for float32. */
export function sixteenBits({ dtype = 'float32' }: WeightSource): SixteenBits | null {
  return dtype === 'float32' ? null : dtype;
}

/** Length of the weight in its file. */
export function storedBytes(source: WeightSource): number {
  return (sixteenBits(source) ? 2 : 4) * sizeOf(source.shape);
}

/** A text that is the same for the same values of the same place, seen in the same shape. */
export function placeOf(source: WeightSource): string {
  return `${source.file}:${source.offset}:${source.shape.join('x')}:${source.dtype ?? 'float32'}`;
}

/** The values of a frozen weight as float32, read from its file. */
export function readWeights(source: WeightSource): Float32Array {
  const bytes = new Uint8Array(storedBytes(source));
  const descriptor = openSync(source.file, 'r');
  try {
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(descriptor, bytes, done, bytes.length - done, source.offset + done);
      if (count === 0) {
        throw new CompileError(
          `${source.file}: the file ends inside the tensor ${source.name} [${source.shape.join(', ')}] at byte ${
            source.offset + done
          }. The file is truncated or was changed while in use: fetch it again.`,
        );
      }
      done += count;
    }
  } finally {
    closeSync(descriptor);
  }
  const dtype = sixteenBits(source);
  return dtype ? widen(new Uint16Array(bytes.buffer), dtype) : new Float32Array(bytes.buffer);
}
