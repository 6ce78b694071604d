import { normal, sizeOf } from '@lomap/compile';
import { bertShapes, maskedLmShapes, type BertConfig } from '@lomap/models';
import type { ParamSpec } from '@lomap/peft';
import { alteredTextHead } from './altered-text.ts';

/**
 * Every tensor of a BERT for masked-language modelling as a trainable one, with the start that Hugging Face gives it:
 * normal(0, initializer_range), biases 0, norms' scales 1. Biases and norms do not decay. One clipping group.
 *
 * @param tellsAltered whether the pooler and the head of `alteredTextLoss` are among them.
 */
export function maskedLmSpecs(config: BertConfig, tellsAltered = false): ParamSpec[] {
  const pooler = [...bertShapes(config, 1)].filter(([name]) => name.startsWith('bert.pooler.'));
  const head: [string, number[]][] = [
    [`${alteredTextHead}.weight`, [2, config.hiddenSize]],
    [`${alteredTextHead}.bias`, [2]],
  ];
  return [...maskedLmShapes(config), ...(tellsAltered ? [...pooler, ...head] : [])].map(([name, shape]): ParamSpec => {
    const [isBias, isNorm] = [name.endsWith('bias'), name.includes('LayerNorm')];
    const size = sizeOf(shape);
    return {
      name,
      shape,
      group: 'adapter',
      decay: !isBias && !isNorm,
      learningRateMultiplier: 1,
      init: (key) => {
        if (isBias) return new Float32Array(size);
        return isNorm ? new Float32Array(size).fill(1) : normal(key, size, 0, config.initializerRange);
      },
    };
  });
}
