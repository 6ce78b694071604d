/** What a foreign adapter_config.json says, as far as our methods are it. */
import { updateScaling } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import type { LinearModule } from '../types.ts';
import { ConfigValues, isCount } from './config-values.ts';
import { peftTypes, type PeftType } from './forms.ts';
import { byPattern, type ModuleRules } from './modules.ts';
import { AdapterFileError, type UpdateScaling } from './types.ts';

/** Keys of every type, and those of training alone, which say nothing of the weights. */
const common: ReadonlySet<string> = new Set([
  ...[
    'auto_mapping',
    'base_model_name_or_path',
    'inference_mode',
    'peft_type',
    'peft_version',
    'revision',
    'task_type',
  ],
  ...['bias', 'exclude_modules', 'layers_pattern', 'layers_to_transform', 'modules_to_save', 'target_modules'],
  ...['fan_in_fan_out', 'init_weights', 'module_dropout', 'rank_dropout', 'rank_dropout_scale', 'r', 'rank_pattern'],
]);

const own: Readonly<Record<PeftType, readonly string[]>> = {
  LORA: [
    ...['alpha_pattern', 'init_lora_weights', 'lora_alpha', 'lora_dropout', 'use_dora', 'use_rslora'],
    // Of starts, of quantised bases and of other libraries: without effect once trained.
    ...['corda_config', 'eva_config', 'loftq_config', 'lora_ga_config', 'megatron_core', 'qalora_group_size'],
  ],
  ADALORA: [
    ...['init_lora_weights', 'lora_alpha', 'lora_dropout', 'megatron_core', 'qalora_group_size'],
    ...['beta1', 'beta2', 'deltaT', 'init_r', 'orth_reg_weight', 'target_r', 'tfinal', 'tinit', 'total_step'],
    // LoRA's, which PEFT's AdaLoRA has and does not use; so it is with `r`.
    ...['alpha_pattern', 'use_rslora'],
  ],
  LOHA: ['alpha', 'alpha_pattern', 'use_effective_conv2d'],
  LOKR: ['alpha', 'alpha_pattern', 'decompose_both', 'decompose_factor', 'use_effective_conv2d'],
  VERA: ['d_initial', 'projection_prng_key', 'save_projection', 'vera_dropout'],
  DELORA: ['delora_lambda', 'lambda_pattern'],
  IA3: ['feedforward_modules', 'init_ia3_weights'],
};

/** Starts of LoRA that leave the base's weights as they are. The others train on another W. */
const startsBeside: ReadonlySet<unknown> = new Set([true, false, 'gaussian', 'eva', 'orthogonal', 'pissa']);

/** Tasks whose model is read: a classifier of sequences, a bare encoder, or one that the tensors alone tell. */
const tasks: ReadonlySet<unknown> = new Set([null, 'SEQ_CLS', 'FEATURE_EXTRACTION']);

/** A configuration of PEFT's whose type and keys are known. */
export interface PeftConfig {
  readonly type: PeftType;
  readonly values: ConfigValues;
  readonly rules: ModuleRules;
}

/**
 * @throws AdapterFileError for an unknown `peft_type`, and for settings that our methods have not, all at once.
 */
export function peftConfig(config: Readonly<Record<string, unknown>>, where: string): PeftConfig {
  const values = new ConfigValues(config, where);
  const type = typeOf(values);
  const unknown = values.said().filter((key) => !common.has(key) && !own[type].includes(key));
  const problems = unknown.map((key) => `${key} ${JSON.stringify(values.value(key))} is not supported`);
  if ((values.value('bias') ?? 'none') !== 'none') {
    problems.push(`bias ${JSON.stringify(values.value('bias'))} is not supported; "none" is`);
  }
  const task = values.value('task_type');
  if (!tasks.has(task)) {
    problems.push(
      `task_type ${JSON.stringify(task)} is of another model; read are adapters of classifiers of sequences (SEQ_CLS) and of ` +
        'bare encoders (FEATURE_EXTRACTION)',
    );
  }
  const start = values.value('init_lora_weights') ?? true;
  if (type === 'LORA' && !startsBeside.has(start)) {
    problems.push(
      `init_lora_weights ${JSON.stringify(start)} changes the base's weights; save it in PEFT as a LoRA of the unchanged ` +
        'base (save_pretrained with path_initial_model_for_weight_conversion)',
    );
  }
  if (problems.length > 0) {
    throw new AdapterFileError(`${where} cannot be read:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return {
    type,
    values,
    rules: {
      targets: values.names('target_modules'),
      excluded: values.names('exclude_modules'),
      layers: values.numbers('layers_to_transform'),
      layersPattern: values.list('layers_pattern'),
      saved: values.list('modules_to_save'),
      classifies: task === 'SEQ_CLS',
    },
  };
}

function typeOf(values: ConfigValues): PeftType {
  const type = values.value('peft_type');
  const known = peftTypes.find((name) => name === type);
  if (known) return known;
  const found = type === null ? 'names no peft_type' : `has peft_type ${JSON.stringify(type)}`;
  throw new AdapterFileError(`${values.where} ${found}; read are ${peftTypes.join(', ')}.`);
}

const NONE: UpdateScaling = { loraAlpha: null, values: [] };

/** Ranks and scalings by module, and the settings that hold for all. */
export interface PeftSettings {
  readonly settings: Omit<MethodSettings, 'targetModules'>;
  /** By module; empty for (IA)³. */
  readonly ranks: ReadonlyMap<string, number>;
  /** s of W + sΔ by module; empty where the type has none. */
  readonly scalings: ReadonlyMap<string, number>;
  readonly scaling: UpdateScaling;
}

/**
 * @param modules all that the adapter adapts, which patterns are matched with
 * @param chosen those of them that the settings are for
 * @throws AdapterFileError for a value of the wrong kind, or a pattern that matches nothing.
 */
export function peftSettings(
  { type, values }: PeftConfig,
  modules: readonly LinearModule[],
  chosen: readonly LinearModule[] = modules,
): PeftSettings {
  const { where } = values;
  const named = (name: string, more: Partial<MethodSettings>): PeftSettings['settings'] => ({
    ...{ label: name, name, rank: null, loraAlpha: null, adapterDropout: 0, map: null },
    ...more,
  });
  if (type === 'IA3') {
    return { settings: named('ia3', {}), ranks: new Map(), scalings: new Map(), scaling: NONE };
  }
  if (type === 'ADALORA') {
    const initR = values.count('init_r', 12);
    const rank = Math.min(values.count('target_r', 8), initR);
    const loraAlpha = values.positive('lora_alpha', 8);
    const settings = named('adalora', { rank, initR, loraAlpha, adapterDropout: values.dropout('lora_dropout') });
    const scaling = { loraAlpha, values: [updateScaling({ ...settings, targetModules: null })!] };
    return { settings, ranks: new Map(), scalings: new Map(), scaling };
  }
  const of = (key: string, fallback: number): Map<string, number> => {
    const all = byPattern(modules, values.pattern(key), fallback, key, where);
    return new Map(chosen.map(({ path }) => [path, all.get(path)!]));
  };
  const ranks = of('rank_pattern', values.count('r', 8));
  for (const [path, rank] of ranks) {
    if (isCount(rank)) continue;
    throw new AdapterFileError(
      `${where}: rank_pattern gives ${path} the rank ${rank}; expected a whole number of at least 1.`,
    );
  }
  const rank = Math.max(...ranks.values());
  if (type === 'VERA') {
    const settings = named('vera', {
      rank,
      adapterDropout: values.dropout('vera_dropout'),
      projectionPrngKey: values.number('projection_prng_key', 0),
      dInitial: values.numberThat('d_initial', 0.1, 'a number other than 0', (value) => value !== 0),
    });
    return { settings, ranks, scalings: new Map(), scaling: NONE };
  }
  if (type === 'DELORA') {
    of('lambda_pattern', 0);
    const settings = named('delora', {
      rank,
      adapterDropout: values.dropout('module_dropout'),
      deloraLambda: values.positive('delora_lambda', 15),
    });
    return { settings, ranks, scalings: new Map(), scaling: NONE };
  }
  const alpha = values.positive(type === 'LORA' ? 'lora_alpha' : 'alpha', 8);
  const alphas = of('alpha_pattern', alpha);
  for (const [path, value] of alphas) {
    if (value > 0) continue;
    throw new AdapterFileError(`${where}: alpha_pattern gives ${path} ${value}; expected a number > 0.`);
  }
  const useRslora = type === 'LORA' && values.boolean('use_rslora', false);
  const scalings = new Map(
    [...ranks].map(([path, r]) => [path, alphas.get(path)! / (useRslora ? Math.sqrt(r) : r)] as const),
  );
  const alpha0 = alphas.values().next().value!;
  const sameAlpha = new Set(alphas.values()).size === 1;
  const scaling = { loraAlpha: sameAlpha ? alpha0 : null, values: [...new Set(scalings.values())] };
  const scaled = { rank, loraAlpha: alpha0, ...(useRslora && { useRslora }) };
  switch (type) {
    case 'LORA': {
      const pissa = values.value('init_lora_weights') === 'pissa';
      const settings = named(values.boolean('use_dora', false) ? 'dora' : 'lora', {
        ...scaled,
        // PiSSA's factors take the place of a part of W: an input that is dropped for one is dropped for both.
        adapterDropout: pissa ? 0 : values.dropout('lora_dropout'),
        ...(pissa && { initLoraWeights: 'pissa' as const }),
      });
      return { settings, ranks, scalings, scaling };
    }
    case 'LOHA':
      return { settings: named('loha', scaled), ranks, scalings, scaling };
    case 'LOKR': {
      const factors = {
        decomposeBoth: values.boolean('decompose_both', false),
        decomposeFactor: values.numberThat(
          'decompose_factor',
          -1,
          'a whole number of at least 1, or -1',
          (value) => value === -1 || isCount(value),
        ),
      };
      return { settings: named('lokr', { ...scaled, ...factors }), ranks, scalings, scaling };
    }
  }
}
