import { gelu, tf } from '@lomap/compile';

/** The activations, by HF's names, that a pooler or a convolution may have. */
export const activations = ['gelu', 'tanh', 'relu'] as const;

export type Activation = (typeof activations)[number];

/** The activation of x; gelu is the exact one, by erf. */
export function activate(x: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  if (activation === 'gelu') return gelu(x);
  return activation === 'tanh' ? tf.tanh(x) : tf.relu(x);
}
