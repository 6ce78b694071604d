import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { reasonOf } from '@lomap/files';
import { ModelError } from '../model-error.ts';
import { isWeightDtype, toFloat32 } from './dtype.ts';
import { headerLength, parseHeader, prefixBytes, type SafetensorsHeader, type TensorEntry } from './header.ts';

/** A tensor and the file that it lies in. */
export interface StoredTensor extends TensorEntry {
  readonly file: string;
}

/**
 * Opened safetensors: a file, or several that an index holds together. Headers are checked; tensors are read when asked
 * for, and no file handle stays open.
 */
export interface Safetensors extends SafetensorsHeader {
  /** The file, or the index. */
  readonly path: string;
  /** The files with tensors. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Reads and checks a file's header, and nothing of its tensors. @throws ModelError */
export function openSafetensors(path: string): Safetensors {
  return withFile(path, (descriptor) => {
    const fileBytes = fstatSync(descriptor).size;
    const prefix = readBytes(descriptor, 0, Math.min(prefixBytes, fileBytes), path);
    const header = readBytes(descriptor, prefixBytes, headerLength(prefix, fileBytes, path), path);
    const { metadata, tensors } = parseHeader(header, fileBytes, path);
    const stored = Array.from(tensors, ([name, entry]) => [name, { ...entry, file: path }] as const);
    return { path, files: [path], metadata, tensors: new Map(stored) };
  });
}

/** A tensor's values as float32, row-major; F16 and BF16 are widened. @throws ModelError on another type or no such tensor. */
export function readTensor(file: Safetensors, name: string): Float32Array {
  const entry = entryOf(file, name);
  const { file: path, dtype, shape, offset, bytes } = entry;
  if (!isWeightDtype(dtype)) {
    throw new ModelError(`${path}: tensor ${name} has type ${dtype}; weights are read from F32, F16 and BF16.`);
  }
  return withFile(path, (descriptor) => {
    try {
      return toFloat32(readBytes(descriptor, offset, bytes, path).buffer, dtype);
    } catch (error) {
      if ((error as Error).name !== 'RangeError') throw error;
      throw new ModelError(
        `${path}: tensor ${name} of shape [${shape.join(', ')}] takes ${bytes} bytes, which cannot be held in memory here ` +
          `(${reasonOf(error)}). Is this the file of the model or adapter that you mean?`,
      );
    }
  });
}

/** Where a tensor lies. @throws ModelError when the file has none of this name. */
export function entryOf(file: Safetensors, name: string): StoredTensor {
  const entry = file.tensors.get(name);
  if (!entry) throw new ModelError(`${file.path} holds no tensor ${name}.`);
  return entry;
}

function withFile<T>(path: string, use: (descriptor: number) => T): T {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return use(descriptor);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${path} cannot be read: ${reasonOf(error)}.`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Bytes of an open file. @throws ModelError when it ends before them. */
export function readBytes(descriptor: number, offset: number, count: number, path: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const read = readSync(descriptor, bytes, done, count - done, offset + done);
    if (read === 0)
      throw new ModelError(`${path} ends at byte ${offset + done}: it was cut while in use. Fetch it again.`);
    done += read;
  }
  return bytes;
}
