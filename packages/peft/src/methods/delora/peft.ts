/** DeLoRA in HF PEFT, whose file holds the norms of W's columns too. */
import type { PeftForm } from '../../files/form.ts';
import { peftKey } from '../../files/names.ts';
import { byModule, layers, named, ranksIn, UNSCALED } from '../../files/ranked.ts';
import { AdapterFileError, type FileTensor } from '../../files/types.ts';
import { hostWeight } from '../../files/weights.ts';
import type { BaseModel, LinearModule } from '../../types.ts';

/** How far saved norms may be from the base's: rounding of another program, or of 16 bits. */
const NORM_TOLERANCE = 1e-2;

const NORMS = 'delora_w_norm';

export const deloraForm: PeftForm = {
  type: 'DELORA',
  prefix: 'delora_',
  keys: ['delora_lambda', 'lambda_pattern'],
  fields: (settings) => ({
    ...layers,
    bias: 'none',
    delora_lambda: settings.deloraLambda ?? 15,
    init_weights: true,
    lambda_pattern: {},
    module_dropout: settings.adapterDropout,
    r: settings.rank,
    rank_pattern: {},
  }),
  derived: [NORMS],
  beside: ({ model, modules }) =>
    modules.map((module) => {
      const data = Float32Array.from(hostWeight(model, module).norms('column'));
      return [peftKey(module.path, NORMS), { shape: [module.in], data }];
    }),
  dimensions: { out: [[['delora_B', 0]]], in: [[['delora_A', 1]]], axes: 2 },
  settings(config) {
    const { values } = config;
    const { ranks, rank } = ranksIn(config);
    // Read for its errors: the λ that counts is among the tensors.
    byModule(config, 'lambda_pattern', 0);
    const settings = named('delora', {
      rank,
      adapterDropout: values.dropout('module_dropout'),
      deloraLambda: values.positive('delora_lambda', 15),
    });
    return { settings, ranks, scalings: new Map(), scaling: UNSCALED };
  },
  check: checkNorms,
};

/** Norms of W by columns that are not the base's say that it is another one. Without a model they are only there. */
function checkNorms(
  model: BaseModel | null,
  modules: readonly LinearModule[],
  tensors: ReadonlyMap<string, FileTensor>,
  where: string,
): void {
  for (const module of modules) {
    const key = peftKey(module.path, NORMS);
    const saved = tensors.get(key);
    if (!saved) throw new AdapterFileError(`${where}: ${key} is missing; expected shape [${module.in}].`);
    if (saved.shape.join() !== `${module.in}`) {
      throw new AdapterFileError(
        `${where}: ${key} has shape [${saved.shape.join(', ')}]; expected [${module.in}]. Is the adapter of another base model?`,
      );
    }
    if (!model) continue;
    const norms = hostWeight(model, module).norms('column');
    const other = saved.data.findIndex((norm, i) => !(Math.abs(norm - norms[i]!) <= NORM_TOLERANCE * norms[i]!));
    if (other < 0) continue;
    throw new AdapterFileError(
      `${where}: ${key} says that column ${other} of the base's weight has norm ${saved.data[other]}; here it is ${norms[other]}. ` +
        'The adapter is of another base model.',
    );
  }
}
