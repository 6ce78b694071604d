/** HF PEFT's VeRA, whose frozen projections are in the file. */
import { veraProjection } from '../methods/vera/delta.ts';
import type { LinearModule } from '../types.ts';
import type { Evened } from './evened.ts';
import { parseKey, peftKey, projectionKey } from './names.ts';
import type { PeftSettings } from './peft-settings.ts';
import { AdapterFileError, type FileTensor } from './types.ts';

/**
 * VeRA with our projections is VeRA; with others (PyTorch's generator makes them) it is the LoRA of the same weights.
 *
 * @param all the modules that the projections are as large as
 * @param modules those of them that are read here
 */
export function veraAdapter(
  settings: PeftSettings['settings'],
  all: readonly LinearModule[],
  modules: readonly LinearModule[],
  tensors: ReadonlyMap<string, FileTensor>,
  where: string,
): Evened {
  const rank = settings.rank!;
  const [rows, columns] = largest(all);
  const a = projection(tensors, 'vera_A', [rank, columns], where);
  const b = projection(tensors, 'vera_B', [rows, rank], where);
  const seed = settings.projectionPrngKey ?? 0;
  const ours = (saved: Float32Array, name: 'vera_A' | 'vera_B', shape: readonly [number, number]): boolean => {
    const values = veraProjection(name, shape, seed);
    return saved.every((value, i) => value === values[i]);
  };
  const isWhole = largest(modules).join() === `${rows},${columns}`;
  if (isWhole && ours(a, 'vera_A', [rank, columns]) && ours(b, 'vera_B', [rows, rank])) {
    return { settings, tensors, notes: [] };
  }
  const replaced = new Set(modules.map(({ path }) => path));
  const plain = new Map([...tensors].filter(([key]) => !replaced.has(parseKey(key)?.path ?? '')));
  for (const { path, out, in: width } of modules) {
    const d = vector(tensors, peftKey(path, 'vera_lambda_d'), rank, where);
    const scale = vector(tensors, peftKey(path, 'vera_lambda_b'), out, where);
    plain.set(peftKey(path, 'lora_A'), {
      shape: [rank, width],
      data: Float32Array.from({ length: rank * width }, (_, i) => a[Math.floor(i / width) * columns + (i % width)]!),
    });
    plain.set(peftKey(path, 'lora_B'), {
      shape: [out, rank],
      data: Float32Array.from({ length: out * rank }, (_, i) => b[i]! * scale[Math.floor(i / rank)]! * d[i % rank]!),
    });
  }
  const { adapterDropout } = settings;
  return {
    settings: { label: 'lora', name: 'lora', rank, loraAlpha: rank, adapterDropout, map: null },
    tensors: plain,
    notes: [
      `VeRA's projections are PyTorch's, which cannot be made from a seed here: read as a LoRA of rank ${rank}, the same weights.`,
    ],
  };
}

/** The most outputs and the most inputs of these modules. */
function largest(modules: readonly LinearModule[]): [number, number] {
  return [Math.max(...modules.map(({ out }) => out)), Math.max(...modules.map((w) => w.in))];
}

function projection(
  tensors: ReadonlyMap<string, FileTensor>,
  name: 'vera_A' | 'vera_B',
  shape: readonly [number, number],
  where: string,
): Float32Array {
  const saved = tensors.get(projectionKey[name]);
  if (!saved) {
    throw new AdapterFileError(
      `${where}: ${projectionKey[name]} is missing. PyTorch's generator made it, so it cannot be made here: save with save_projection=True.`,
    );
  }
  if (saved.shape.join() !== shape.join()) {
    throw new AdapterFileError(
      `${where}: ${projectionKey[name]} has shape [${saved.shape.join(', ')}]; expected [${shape.join(', ')}]. Is the adapter of another base model?`,
    );
  }
  return saved.data;
}

function vector(tensors: ReadonlyMap<string, FileTensor>, key: string, size: number, where: string): Float32Array {
  const saved = tensors.get(key);
  if (saved?.shape.join() === `${size}`) return saved.data;
  const found = saved ? `has shape [${saved.shape.join(', ')}]` : 'is missing';
  throw new AdapterFileError(`${where}: ${key} ${found}; expected shape [${size}].`);
}
