/**
 * TensorFlow.js as every package of this repository imports it.
 *
 * `@tensorflow/tfjs` resolves to its CommonJS build in Node, the only one that registers the gradients there
 * (tfjs-core's `register_all_gradients` is not loadable as ESM in Node).
 */
import tf from '../tfjs/index.cjs';

// Production mode drops the banner that asks Node users to install tfjs-node; errors stay errors.
tf.enableProdMode();

export { tf };
