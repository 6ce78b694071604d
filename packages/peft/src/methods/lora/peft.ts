/** LoRA and DoRA in HF PEFT: one type, and a key that tells them apart. */
import type { PeftForm } from '../../files/form.ts';
import { layers, named, patterns, scalingsIn } from '../../files/ranked.ts';

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

/** Starts of LoRA that leave the base's weights as they are. The others train on another W. */
const startsBeside: ReadonlySet<unknown> = new Set([true, false, 'gaussian', 'eva', 'orthogonal', 'pissa']);

const form = (useDora: boolean): PeftForm => ({
  type: 'LORA',
  prefix: 'lora_',
  keys: [
    ...['alpha_pattern', 'init_lora_weights', 'lora_alpha', 'lora_dropout', 'use_dora', 'use_rslora'],
    // Of starts, of quantised bases and of other libraries: without effect once trained.
    ...['corda_config', 'eva_config', 'loftq_config', 'lora_ga_config', 'megatron_core', 'qalora_group_size'],
  ],
  // PiSSA's factors are of another base weight in PEFT: they are converted.
  holds: ({ initLoraWeights }) => initLoraWeights !== 'pissa',
  fields: ({ rank, loraAlpha, adapterDropout, useRslora }) =>
    loraFields({
      rank: rank!,
      loraAlpha: loraAlpha!,
      dropout: adapterDropout,
      useRslora: useRslora ?? false,
      useDora,
    }),
  dimensions: { out: [[['lora_B', 0]]], in: [[['lora_A', 1]]], axes: 2 },
  rankAxes: { lora_A: 0, lora_B: 1 },
  scaled: ['lora_B'],
  problems(values) {
    const start = values.value('init_lora_weights') ?? true;
    if (startsBeside.has(start)) return [];
    return [
      `init_lora_weights ${JSON.stringify(start)} changes the base's weights; save it in PEFT as a LoRA of the unchanged ` +
        'base (save_pretrained with path_initial_model_for_weight_conversion)',
    ];
  },
  settings(config) {
    const { values } = config;
    const useRslora = values.boolean('use_rslora', false);
    const { scaled, ...found } = scalingsIn(config, 'lora_alpha', useRslora);
    const isPissa = values.value('init_lora_weights') === 'pissa';
    const settings = named(values.boolean('use_dora', false) ? 'dora' : 'lora', {
      ...{ ...scaled, ...(useRslora && { useRslora }) },
      // PiSSA's factors take the place of a part of W: an input that is dropped for one is dropped for both.
      adapterDropout: isPissa ? 0 : values.dropout('lora_dropout'),
      ...(isPissa && { initLoraWeights: 'pissa' as const }),
    });
    return { ...found, settings };
  },
});

export const loraForm = form(false);
export const doraForm = form(true);
