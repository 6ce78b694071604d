import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment with the outer realm's typed arrays: onnxruntime-node's native part creates its tensors there and
 * checks them with instanceof, which fails across the sandbox Jest makes.
 */
export default class OuterArraysEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const array of [Float32Array, Float64Array, Int32Array, Uint8Array, BigInt64Array, ArrayBuffer]) {
      this.global[array.name] = array;
    }
  }
}
