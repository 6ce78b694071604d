import { closeSync, openSync, readSync } from 'node:fs';
import { CompileError } from './errors.ts';
import { sizeOf } from './host.ts';

/**
 * Where a frozen weight's float32 values lie: `offset` bytes into `file`, row-major, little-endian.
 *
 * The engine hands this place to ONNX Runtime, which maps the file; the values are read in JavaScript only when
 * someone asks for them.
 */
export interface WeightSource {
  /** The weight's name, for error messages and for naming it in the graph. */
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** Byte offset of the first value; a multiple of 4. */
  readonly offset: number;
  readonly shape: readonly number[];
}

/** The values of a frozen weight, read from its file. */
export function readWeights(source: WeightSource): Float32Array {
  const values = new Float32Array(sizeOf(source.shape));
  const bytes = new Uint8Array(values.buffer);
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
  return values;
}
