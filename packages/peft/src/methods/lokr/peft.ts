import { isCount } from '../../files/config-values.ts';
import type { PeftForm } from '../../files/form.ts';
import { named, scalingsIn } from '../../files/ranked.ts';
import { lycorisFields } from '../loha/peft.ts';

/** LoKr in HF PEFT. */
export const lokrForm: PeftForm = {
  type: 'LOKR',
  prefix: 'lokr_',
  keys: ['alpha', 'alpha_pattern', 'decompose_both', 'decompose_factor', 'use_effective_conv2d'],
  fields: (settings) => ({
    ...lycorisFields(settings),
    decompose_both: settings.decomposeBoth ?? false,
    decompose_factor: settings.decomposeFactor ?? -1,
    rank_dropout_scale: false,
  }),
  dimensions: {
    out: [
      [
        ['lokr_w1', 0],
        ['lokr_w1_a', 0],
      ],
      [
        ['lokr_w2', 0],
        ['lokr_w2_a', 0],
      ],
    ],
    in: [
      [
        ['lokr_w1', 1],
        ['lokr_w1_b', 1],
      ],
      [
        ['lokr_w2', 1],
        ['lokr_w2_b', 1],
      ],
    ],
    axes: 2,
  },
  scaled: ['lokr_w1', 'lokr_w1_a'],
  settings(config) {
    const { values } = config;
    const { scaled, ...found } = scalingsIn(config, 'alpha');
    const decomposeBoth = values.boolean('decompose_both', false);
    const decomposeFactor = values.numberThat(
      'decompose_factor',
      -1,
      'a whole number of at least 1, or -1',
      (value) => value === -1 || isCount(value),
    );
    return { ...found, settings: named('lokr', { ...scaled, decomposeBoth, decomposeFactor }) };
  },
};
