import { CompileError } from '../../errors.ts';
import { tf } from '../../tf.ts';
import { TRACE_BACKEND } from '../backend.ts';
import { supportedKernels } from './register.ts';

/** Remedies for kernels that people reach for; the rest get the general one. */
const REMEDIES: Readonly<Record<string, string>> = {
  Einsum: 'Write it with tf.matMul, tf.reshape and tf.transpose (einsum has no gradient in TensorFlow.js either).',
  Multinomial: 'Draw the random values on the host and pass them as an input.',
  RandomStandardNormal: 'Draw the random values on the host and pass them as an input.',
};

/** Gives every kernel that the cpu backend has and this one lacks an error that names the op, its shapes and the remedy. */
export function refuseUnsupportedKernels(): void {
  const supported = new Set(supportedKernels);
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (supported.has(kernelName)) continue;
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs }) => {
        const shapes = Object.entries(inputs)
          .map(
            ([name, tensor]) =>
              `${name} [${[tensor]
                .flat()
                .map((t) => (t ? (t as tf.TensorInfo).shape.join(', ') : ''))
                .join('; ')}]`,
          )
          .join(', ');
        throw new CompileError(
          `The operation ${kernelName} on ${shapes || 'no tensors'} cannot be compiled. ${
            REMEDIES[kernelName] ??
            'Express it with supported operations, or run the function eagerly with the device tfjs-cpu.'
          }`,
        );
      },
    });
  }
}
