import { isWeightDtype, type WeightDtype } from './dtype.ts';
import type { Safetensors } from './read.ts';

/** How many files weights are in, and in which types: that of most bytes first. */
export interface Stored {
  readonly files: number;
  readonly dtypes: readonly WeightDtype[];
}

/** @param names the tensors that count. @default all that hold weights */
export function storedAs({ files, tensors }: Safetensors, names: Iterable<string> = tensors.keys()): Stored {
  const bytes = new Map<WeightDtype, number>();
  for (const name of names) {
    const { dtype, bytes: own } = tensors.get(name)!;
    if (isWeightDtype(dtype)) bytes.set(dtype, (bytes.get(dtype) ?? 0) + own);
  }
  return { files: files.length, dtypes: [...bytes].sort(([, a], [, b]) => b - a).map(([dtype]) => dtype) };
}
