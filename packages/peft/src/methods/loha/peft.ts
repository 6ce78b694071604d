/** LoHa in HF PEFT, and the keys that it shares with LoKr: both are LyCORIS's. */
import type { PeftForm } from '../../files/form.ts';
import { layers, named, patterns, scalingsIn } from '../../files/ranked.ts';
import type { MethodSettings } from '../../settings.ts';

/** LoHa and LoKr have no dropout of the update's input in PEFT. */
export const lycorisFields = ({ rank, loraAlpha }: MethodSettings): Record<string, unknown> => ({
  ...layers,
  ...patterns,
  alpha: loraAlpha,
  init_weights: true,
  module_dropout: 0,
  r: rank,
  rank_dropout: 0,
  use_effective_conv2d: false,
});

export const lohaForm: PeftForm = {
  type: 'LOHA',
  prefix: 'hada_',
  keys: ['alpha', 'alpha_pattern', 'use_effective_conv2d'],
  fields: lycorisFields,
  dimensions: { out: [[['hada_w1_a', 0]]], in: [[['hada_w1_b', 1]]], axes: 2 },
  rankAxes: { hada_w1_a: 1, hada_w1_b: 0, hada_w2_a: 1, hada_w2_b: 0 },
  scaled: ['hada_w1_a'],
  settings(config) {
    const { scaled, ...found } = scalingsIn(config, 'alpha');
    return { ...found, settings: named('loha', scaled) };
  },
};
