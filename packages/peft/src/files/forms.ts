/** The methods whose tensors HF PEFT holds as they are: its type, and its settings for ours. */
import { initialRank, type MethodSettings } from '../settings.ts';

export interface DirectForm {
  readonly type: PeftType;
  /** The keys of adapter_config.json that are the method's own. */
  readonly fields: (settings: MethodSettings) => Record<string, unknown>;
}

/** HF PEFT's `peft_type` of what can be read and written. */
export const peftTypes = ['LORA', 'ADALORA', 'LOHA', 'LOKR', 'VERA', 'DELORA', 'IA3'] as const;
export type PeftType = (typeof peftTypes)[number];

const layers = { layers_pattern: null, layers_to_transform: null };
const patterns = { rank_pattern: {}, alpha_pattern: {} };

/** Keys of a LoRA or a DoRA adapter. */
export function loraFields(settings: {
  readonly rank: number;
  readonly loraAlpha: number;
  readonly dropout: number;
  readonly useRslora: boolean;
  readonly useDora: boolean;
}): Record<string, unknown> {
  return {
    ...layers,
    ...patterns,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    lora_alpha: settings.loraAlpha,
    lora_dropout: settings.dropout,
    r: settings.rank,
    use_dora: settings.useDora,
    use_rslora: settings.useRslora,
  };
}

const lora = (useDora: boolean): DirectForm => ({
  type: 'LORA',
  fields: ({ rank, loraAlpha, adapterDropout, useRslora }) =>
    loraFields({
      rank: rank!,
      loraAlpha: loraAlpha!,
      dropout: adapterDropout,
      useRslora: useRslora ?? false,
      useDora,
    }),
});

/** LoHa and LoKr have no dropout of the update's input in PEFT. */
const lycoris = ({ rank, loraAlpha }: MethodSettings): Record<string, unknown> => ({
  ...layers,
  ...patterns,
  alpha: loraAlpha,
  init_weights: true,
  module_dropout: 0,
  r: rank,
  rank_dropout: 0,
  use_effective_conv2d: false,
});

/** By the registry's names. A method that is not here has no such form: its tensors are converted, or stay ours. */
const forms: Readonly<Record<string, DirectForm>> = {
  lora: lora(false),
  dora: lora(true),
  // No rank is cut off: those taken away are zeros of E. The schedule is over, and says so in PEFT's steps.
  adalora: {
    type: 'ADALORA',
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
  },
  loha: { type: 'LOHA', fields: lycoris },
  lokr: {
    type: 'LOKR',
    fields: (settings) => ({
      ...lycoris(settings),
      decompose_both: settings.decomposeBoth ?? false,
      decompose_factor: settings.decomposeFactor ?? -1,
      rank_dropout_scale: false,
    }),
  },
  vera: {
    type: 'VERA',
    fields: (settings) => ({
      ...layers,
      bias: 'none',
      d_initial: settings.dInitial ?? 0.1,
      fan_in_fan_out: false,
      init_weights: true,
      projection_prng_key: settings.projectionPrngKey ?? 0,
      r: settings.rank,
      save_projection: true,
      vera_dropout: settings.adapterDropout,
    }),
  },
  delora: {
    type: 'DELORA',
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
  },
  // (IA)³'s feedforward_modules are written with target_modules, which they must be among.
  ia3: { type: 'IA3', fields: () => ({ fan_in_fan_out: false, init_ia3_weights: true }) },
};

/** The form of a method with these settings; null where PEFT's file holds no such tensors. */
export function directForm(settings: MethodSettings): DirectForm | null {
  // PiSSA's factors are of another base weight in PEFT: they are converted.
  if (settings.initLoraWeights === 'pissa') return null;
  return forms[settings.name] ?? null;
}
