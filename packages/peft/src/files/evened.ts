/** Adapters whose matrices differ in rank or scaling, as one of a single rank and scaling with the same weights. */
import type { MethodSettings } from '../settings.ts';
import type { LinearModule } from '../types.ts';
import { peftKey } from './names.ts';
import type { PeftSettings } from './peft-settings.ts';
import { AdapterFileError, type FileTensor } from './types.ts';

/** Which dimension of a tensor is the rank: it is filled up with zeros. */
const rankAxis: Readonly<Record<string, 0 | 1>> = {
  ...{ lora_A: 0, lora_B: 1 },
  ...{ hada_w1_a: 1, hada_w1_b: 0, hada_w2_a: 1, hada_w2_b: 0 },
};

/** The tensor that takes a matrix's scaling. */
const scaled: ReadonlySet<string> = new Set(['lora_B', 'hada_w1_a', 'lokr_w1', 'lokr_w1_a']);

export interface Evened {
  readonly settings: PeftSettings['settings'];
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly notes: readonly string[];
}

/**
 * The tensors as they are where all matrices have one rank and scaling. Else factors are filled up to the largest rank,
 * which adds nothing to a product, and each matrix's scaling is multiplied onto one of its factors.
 *
 * @param tensors the modules' tensors, of the shapes that their own ranks ask for
 * @throws AdapterFileError for LoKr and DeLoRA of several ranks, whose form depends on the rank
 */
export function evened(
  { settings, ranks, scalings }: PeftSettings,
  modules: readonly LinearModule[],
  tensors: ReadonlyMap<string, FileTensor>,
  where: string,
): Evened {
  const rank = settings.rank;
  const sameRank = new Set(ranks.values()).size <= 1;
  const sameScaling = new Set(scalings.values()).size <= 1;
  if (rank === null || (sameRank && sameScaling)) return { settings, tensors, notes: [] };
  if (settings.initLoraWeights !== undefined) {
    throw new AdapterFileError(
      `${where}: PiSSA with ranks or scalings that differ by matrix is not read; save it in PEFT as a LoRA of the ` +
        'unchanged base (save_pretrained with path_initial_model_for_weight_conversion).',
    );
  }
  if (!sameRank && !['lora', 'dora', 'loha'].includes(settings.name)) {
    throw new AdapterFileError(
      `${where}: rank_pattern gives the matrices different ranks (${[...new Set(ranks.values())].join(', ')}), and ${settings.name}'s ` +
        'form depends on the rank. It is read with one rank for all.',
    );
  }
  const all = new Map(tensors);
  for (const { path } of modules) {
    const scaling = scalings.get(path) ?? 1;
    for (const local of [...Object.keys(rankAxis), ...scaled]) {
      const key = peftKey(path, local);
      const tensor = all.get(key);
      if (!tensor || tensor !== tensors.get(key)) continue;
      const wide = local in rankAxis ? filled(tensor, rankAxis[local]!, rank) : tensor;
      all.set(key, scaled.has(local) ? { shape: wide.shape, data: wide.data.map((value) => value * scaling) } : wide);
    }
  }
  const one: Partial<MethodSettings> = { loraAlpha: rank };
  const { useRslora: _, ...plain } = settings;
  const note = `Its ranks or scalings differ by matrix: read with rank ${rank} and scaling 1 for all, the same weights.`;
  return { settings: { ...plain, ...one }, tensors: all, notes: [note] };
}

/** A tensor [rows, columns] with zeros up to `size` along an axis. */
function filled({ shape, data }: FileTensor, axis: 0 | 1, size: number): FileTensor {
  const [rows, columns] = [shape[0]!, shape[1]!];
  if (shape[axis] === size) return { shape, data };
  const wide = axis === 1 ? size : columns;
  const values = new Float32Array((axis === 0 ? size : rows) * wide);
  for (let row = 0; row < rows; row++) values.set(data.subarray(row * columns, (row + 1) * columns), row * wide);
  return { shape: axis === 0 ? [size, columns] : [rows, size], data: values };
}
