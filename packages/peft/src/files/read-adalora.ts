/** HF PEFT's AdaLoRA, from whose file the ranks that training took away are cut out. */
import { TRIPLET } from '../methods/adalora/delta.ts';
import type { LinearModule } from '../types.ts';
import type { ConfigValues } from './config-values.ts';
import type { Evened } from './evened.ts';
import { bareKey } from './names.ts';
import { AdapterFileError, type FileTensor } from './types.ts';

/**
 * The tensors of the rank that training began with: rows of A and E and columns of B that are left at their places, zeros
 * at the others, whose singular values are 0.
 *
 * @throws AdapterFileError for tensors of another rank than `init_r`, for a rank pattern of a matrix that is not adapted, or that is not one of its tensors.
 */
export function adaloraAdapter(
  values: ConfigValues,
  { settings, tensors, notes }: Evened,
  modules: readonly LinearModule[],
  tensorsPath: string,
): Evened {
  const rank = settings.initR!;
  const kept = rankPattern(values, modules, rank);
  const all = new Map(tensors);
  for (const [path, ranks] of kept) {
    const places = ranks.flatMap((left, i) => (left ? [i] : []));
    for (const local of Object.values(TRIPLET)) {
      const key = bareKey(path, local);
      const tensor = tensors.get(key);
      // What is missing is said with the rest.
      if (tensor)
        all.set(key, restored(tensor, places, ranks.length, local === TRIPLET.left, `${tensorsPath}: ${key}`));
    }
  }
  for (const { path } of modules) {
    const key = bareKey(path, TRIPLET.values);
    const shape = all.get(key)?.shape;
    if (!shape || (shape.length === 2 && shape[0] === rank && shape[1] === 1)) continue;
    throw new AdapterFileError(
      `${tensorsPath}: ${key} has shape [${shape.join(', ')}], but init_r is ${rank} by adapter_config.json, and no ` +
        'rank_pattern says which ranks are left. Are both files of one adapter?',
    );
  }
  return { settings, tensors: all, notes };
}

/** Which ranks are left, by the module's path; PEFT names the tensor E, in front of whose path may stand `model.`. */
function rankPattern(
  values: ConfigValues,
  modules: readonly LinearModule[],
  rank: number,
): Map<string, readonly boolean[]> {
  const pattern = values.value('rank_pattern') ?? {};
  if (typeof pattern !== 'object' || Array.isArray(pattern)) return values.wrong('rank_pattern', 'an object of lists');
  return new Map(
    Object.entries(pattern).map(([name, ranks]: [string, unknown]) => {
      const path = modules.find((module) => `.${name}.`.includes(`.${module.path}.${TRIPLET.values}.`))?.path;
      if (path === undefined) {
        throw new AdapterFileError(
          `${values.where}: rank_pattern ${JSON.stringify(name)} matches none of the ${modules.length} adapted modules, such as ${modules[0]?.path}.`,
        );
      }
      if (!Array.isArray(ranks) || ranks.length !== rank || !ranks.every((left) => typeof left === 'boolean')) {
        throw new AdapterFileError(
          `${values.where}: rank_pattern of ${path} is no list of ${rank} (init_r) values true or false.`,
        );
      }
      return [path, ranks] as const;
    }),
  );
}

/** A tensor with its rows, or its columns, at these places of `rank`. */
function restored(
  { shape, data }: FileTensor,
  places: readonly number[],
  rank: number,
  isLeft: boolean,
  what: string,
): FileTensor {
  const [rows, columns] = [shape[0] ?? 0, shape[1] ?? 0];
  const found = isLeft ? columns : rows;
  if (shape.length === 2 && found === rank) return { shape, data };
  if (shape.length !== 2 || found !== places.length) {
    throw new AdapterFileError(
      `${what} has shape [${shape.join(', ')}]; its rank pattern leaves ${places.length} of ${rank}. Are both files of one adapter?`,
    );
  }
  const wide = isLeft ? rank : columns;
  const values = new Float32Array((isLeft ? rows : rank) * wide);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [to, at] = isLeft ? [row, places[column]!] : [places[row]!, column];
      values[to * wide + at] = data[row * columns + column]!;
    }
  }
  return { shape: isLeft ? [rows, rank] : [rank, columns], data: values };
}
