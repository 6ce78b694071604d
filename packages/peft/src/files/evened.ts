/** Adapters whose matrices differ in rank or scaling, as one of a single rank and scaling with the same weights. */
import type { MethodSettings } from '../settings.ts';
import type { LinearModule } from '../types.ts';
import type { Evened, PeftForm, PeftSettings } from './form.ts';
import { keyIn } from './forms.ts';
import { AdapterFileError, type FileTensor } from './types.ts';

/**
 * The tensors as they are where all matrices have one rank and scaling. Else factors are filled up to the largest rank,
 * which adds nothing to a product, and each matrix's scaling is multiplied onto one of its factors.
 *
 * @param form what says where ranks and scalings are in its tensors
 * @param tensors the modules' tensors, of the shapes that their own ranks ask for
 * @throws AdapterFileError for several ranks of a form that depends on the rank
 */
export function evened(
  form: PeftForm,
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
  const { rankAxes, scaled = [] } = form;
  if (!sameRank && rankAxes === undefined) {
    throw new AdapterFileError(
      `${where}: rank_pattern gives the matrices different ranks (${[...new Set(ranks.values())].join(', ')}), and ${settings.name}'s ` +
        'form depends on the rank. It is read with one rank for all.',
    );
  }
  const all = new Map(tensors);
  for (const { path } of modules) {
    const scaling = scalings.get(path) ?? 1;
    for (const local of [...Object.keys(rankAxes ?? {}), ...scaled]) {
      const key = keyIn(form, path, local);
      const tensor = all.get(key);
      if (!tensor || tensor !== tensors.get(key)) continue;
      const axis = rankAxes?.[local];
      const wide = axis === undefined ? tensor : filled(tensor, axis, rank);
      all.set(
        key,
        scaled.includes(local) ? { shape: wide.shape, data: wide.data.map((value) => value * scaling) } : wide,
      );
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
