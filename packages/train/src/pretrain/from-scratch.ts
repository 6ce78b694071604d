/** A model whose every tensor is trained from random weights. */
import { normal, sizeOf, type tf } from '@lomap/compile';
import { plainContext, type Model, type Pretraining } from '@lomap/models';
import type { ParamSpec } from '@lomap/peft';
import type { TrainableModel } from '../model.ts';
import { alteredTextHead } from './altered-text.ts';

/**
 * Every tensor of a model for masked-language modelling as a trainable one, with the start that Hugging Face gives it:
 * normal(0, initializer_range), biases 0, norms' scales 1. Biases and norms do not decay. One clipping group.
 *
 * @param tellsAltered whether the pooler and the head of `alteredTextLoss` are among them.
 */
export function pretrainingSpecs(model: Model, pretraining: Pretraining, tellsAltered = false): ParamSpec[] {
  const head: [string, number[]][] = [
    [`${alteredTextHead}.weight`, [2, pretraining.hiddenSize]],
    [`${alteredTextHead}.bias`, [2]],
  ];
  const shapes = [...pretraining.shapes, ...(tellsAltered ? [...pretraining.poolerShapes, ...head] : [])];
  return shapes.map(([name, shape]): ParamSpec => {
    const [isBias, isScale] = [name.endsWith('bias'), model.isScale(name)];
    const size = sizeOf(shape);
    return {
      name,
      shape,
      group: 'adapter',
      decay: !isBias && !isScale,
      learningRateMultiplier: 1,
      init: (key) => {
        if (isBias) return new Float32Array(size);
        return isScale ? new Float32Array(size).fill(1) : normal(key, size, 0, model.initializerRange);
      },
    };
  });
}

/** The model of these tensors alone: there is no checkpoint under it. */
export function fromScratch(
  title: string,
  specs: readonly ParamSpec[],
): Pick<TrainableModel, 'checkpoint' | 'adaptation'> {
  const refuse = (name: string): never => {
    throw new Error(`A ${title} that is pretrained has no tensor ${name}.`);
  };
  return {
    checkpoint: { context: (dropout) => plainContext(refuse, dropout) },
    adaptation: {
      specs,
      context(params, base) {
        const byName = new Map<string, tf.Tensor>(specs.map(({ name }, i) => [name, params[i]!]));
        return plainContext(
          (name) => byName.get(name) ?? base.param(name),
          (x, site, rate) => base.dropout(x, site, rate),
        );
      },
    },
  };
}
