import { realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { WeightSource } from '@lomap/compile';
import { statOrNull, writeAtomically } from '../files.ts';
import { dtypeBytes, engineDtype, fromFloat32, isWeightDtype, type WeightDtype } from '../safetensors/dtype.ts';
import { readTensor, type Safetensors, type StoredTensor } from '../safetensors/read.ts';
import type { TensorNames } from './names.ts';

/**
 * Where the engine finds each tensor, in the type that it is stored in: in the checkpoint's own file if all that the model
 * reads of that file lie at multiples of their elements' size, as today's writers put them; else in
 * `cacheDirectory/<sha256>/`, to which that file's weights are copied the first time: `weights.bin`, of several files
 * `<its name>.bin`.
 *
 * @throws ModelError when the cache cannot be written.
 */
export async function weightSources(
  weights: Safetensors,
  { shapes, inFile }: TensorNames,
  cacheDirectory: string,
  sha256: string,
): Promise<ReadonlyMap<string, WeightSource>> {
  const read = [...inFile.values()].map((name) => weights.tensors.get(name)!);
  const places = new Map<string, Place>();
  for (const file of weights.files) {
    const direct = read.every((tensor) => tensor.file !== file || isAligned(tensor));
    const name = weights.files.length === 1 ? 'weights.bin' : `${basename(file)}.bin`;
    places.set(file, direct ? inPlace(file) : await copied(weights, file, join(resolve(cacheDirectory), sha256, name)));
  }
  const sources = new Map<string, WeightSource>();
  for (const [name, shape] of shapes) {
    const stored = inFile.get(name);
    if (stored === undefined) continue;
    const tensor = weights.tensors.get(stored)!;
    const { file, offsetOf } = places.get(tensor.file)!;
    const dtype = engineDtype[tensor.dtype as WeightDtype];
    sources.set(name, { name, file, offset: offsetOf(stored, tensor), shape, ...(dtype !== 'float32' && { dtype }) });
  }
  return sources;
}

function isAligned({ dtype, offset }: StoredTensor): boolean {
  return offset % dtypeBytes.get(dtype)! === 0;
}

/** A file that the engine can map, and where in it a tensor of the safetensors file lies. */
interface Place {
  readonly file: string;
  readonly offsetOf: (name: string, tensor: StoredTensor) => number;
}

/** The link is followed: a Hugging Face cache holds links, and ONNX Runtime maps only plain files. */
function inPlace(file: string): Place {
  return { file: realpathSync(file), offsetOf: (_, { offset }) => offset };
}

/**
 * All weights of a file one after the other, in the file's order: a function of the file alone, whatever the model needs of
 * it, so that every reader of a cached file agrees on it.
 */
async function copied(weights: Safetensors, file: string, target: string): Promise<Place> {
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, tensor] of weights.tensors) {
    if (tensor.file !== file || !isWeightDtype(tensor.dtype)) continue;
    end = aligned(end, tensor);
    offsets.set(name, end);
    end += tensor.bytes;
  }
  if (statOrNull(target)?.size !== end) await writeAtomically(target, copying(weights, offsets));
  return { file: target, offsetOf: (name) => offsets.get(name)! };
}

function* copying(weights: Safetensors, offsets: ReadonlyMap<string, number>): Generator<Uint8Array> {
  let end = 0;
  for (const [name, offset] of offsets) {
    yield new Uint8Array(offset - end);
    const { dtype, bytes } = weights.tensors.get(name)!;
    yield fromFloat32(readTensor(weights, name), dtype as WeightDtype);
    end = offset + bytes;
  }
}

function aligned(offset: number, { dtype }: StoredTensor): number {
  const size = dtypeBytes.get(dtype)!;
  return Math.ceil(offset / size) * size;
}
