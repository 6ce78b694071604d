import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WeightSource } from '@lomap/compile';
import { statOrNull, writeAtomically } from '../files.ts';
import { isWeightDtype } from '../safetensors/dtype.ts';
import { readTensor, type Safetensors } from '../safetensors/read.ts';
import { bytesOf } from '../safetensors/write.ts';
import type { TensorNames } from './names.ts';

const float32Bytes = 4;

/**
 * Where the engine finds each tensor as float32: in the checkpoint's own file if all of them are F32 and lie at
 * multiples of four bytes, as today's writers put them; else in `cacheDirectory/<sha256>/weights.bin`, to which the
 * file's weights are converted the first time.
 *
 * @throws ModelError when the cache cannot be written.
 */
export async function weightSources(
  file: Safetensors,
  { shapes, inFile }: TensorNames,
  cacheDirectory: string,
  sha256: string,
): Promise<ReadonlyMap<string, WeightSource>> {
  const direct = [...inFile.values()].every((name) => {
    const entry = file.tensors.get(name);
    return entry?.dtype === 'F32' && entry.offset % float32Bytes === 0;
  });
  const place = direct ? inPlace(file) : await converted(file, join(resolve(cacheDirectory), sha256, 'weights.bin'));
  const sources = new Map<string, WeightSource>();
  for (const [name, shape] of shapes) {
    const offset = place.offsets.get(inFile.get(name) ?? '');
    if (offset !== undefined) sources.set(name, { name, file: place.file, offset, shape });
  }
  return sources;
}

/** Byte offsets of float32 tensors in a file, by the safetensors file's names. */
interface Place {
  readonly file: string;
  readonly offsets: ReadonlyMap<string, number>;
}

/** The link is followed: a Hugging Face cache holds links, and ONNX Runtime maps only plain files. */
function inPlace(file: Safetensors): Place {
  return {
    file: realpathSync(file.path),
    offsets: new Map(Array.from(file.tensors, ([name, { offset }]) => [name, offset])),
  };
}

/**
 * All weights of the file as float32 one after the other, in the file's order: a function of the file alone, whatever
 * the model needs of it, so that every reader of a cached file agrees on it.
 */
async function converted(file: Safetensors, target: string): Promise<Place> {
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, { dtype, shape }] of file.tensors) {
    if (!isWeightDtype(dtype)) continue;
    offsets.set(name, end);
    end += float32Bytes * shape.reduce((product, size) => product * size, 1);
  }
  if (statOrNull(target)?.size !== end) await writeAtomically(target, converting(file, offsets.keys()));
  return { file: target, offsets };
}

function* converting(file: Safetensors, names: Iterable<string>): Generator<Uint8Array> {
  for (const name of names) yield bytesOf(readTensor(file, name));
}
