/** AdaLoRA in HF PEFT, from whose file the ranks that training took away are cut out. */
import type { ConfigValues } from '../../files/config-values.ts';
import type { ConfigOfModules, Evened, PeftForm } from '../../files/form.ts';
import { bareKey } from '../../files/names.ts';
import { named } from '../../files/ranked.ts';
import { AdapterFileError, type FileTensor } from '../../files/types.ts';
import { initialRank, type MethodSettings } from '../../settings.ts';
import type { LinearModule } from '../../types.ts';
import { loraFields } from '../lora/peft.ts';
import { TRIPLET } from './delta.ts';

/** s of PΛQ: loraAlpha/(initial rank + 1e-5) throughout, as in HF PEFT. */
export function adaloraScaling(settings: Pick<MethodSettings, 'rank' | 'initR' | 'loraAlpha'>): number {
  return settings.loraAlpha! / (initialRank(settings) + 1e-5);
}

/** No rank is cut off: those taken away are zeros of E. The schedule is over, and says so in PEFT's steps. */
export const adaloraForm: PeftForm = {
  type: 'ADALORA',
  prefix: 'lora_',
  keys: [
    ...['init_lora_weights', 'lora_alpha', 'lora_dropout', 'megatron_core', 'qalora_group_size'],
    ...['beta1', 'beta2', 'deltaT', 'init_r', 'orth_reg_weight', 'target_r', 'tfinal', 'tinit', 'total_step'],
    // LoRA's, which PEFT's AdaLoRA has and does not use; so it is with `r`.
    ...['alpha_pattern', 'use_rslora'],
  ],
  fields: (settings) => ({
    ...loraFields({
      rank: initialRank(settings),
      loraAlpha: settings.loraAlpha!,
      dropout: settings.adapterDropout,
      useRslora: false,
      useDora: false,
    }),
    // PEFT reads init_r, and warns of an `r` that is not its default.
    ...{ r: 8, init_r: initialRank(settings), target_r: settings.rank, rank_pattern: null },
    ...{ deltaT: 1, tfinal: 0, tinit: 0, total_step: 1 },
    ...{ beta1: settings.beta1 ?? 0.85, beta2: settings.beta2 ?? 0.85, orth_reg_weight: settings.orthRegWeight ?? 0 },
  }),
  keyOf: bareKey,
  dimensions: { out: [[[TRIPLET.left, 0]]], in: [[[TRIPLET.right, 1]]], axes: 2 },
  settings({ values }) {
    const initR = values.count('init_r', 12);
    const rank = Math.min(values.count('target_r', 8), initR);
    const loraAlpha = values.positive('lora_alpha', 8);
    const settings = named('adalora', { rank, initR, loraAlpha, adapterDropout: values.dropout('lora_dropout') });
    const scaling = { loraAlpha, values: [adaloraScaling(settings)] };
    return { settings, ranks: new Map(), scalings: new Map(), scaling };
  },
  restored: adaloraAdapter,
};

/**
 * The tensors of the rank that training began with: rows of A and E and columns of B that are left at their places, zeros
 * at the others, whose singular values are 0.
 *
 * @throws AdapterFileError for tensors of another rank than `init_r`, for a rank pattern of a matrix that is not adapted, or that is not one of its tensors.
 */
function adaloraAdapter(
  { settings, tensors, notes }: Evened,
  { values, all: modules }: ConfigOfModules,
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
