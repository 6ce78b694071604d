export { tf } from './tf.ts';
export { float32, int32, sizeOf, type HostDtype, type HostTensor } from './host.ts';
export { bits, fold, key, normal, permutation, uniform, type Key } from './random.ts';
export { type WeightSource } from './frozen-source.ts';
