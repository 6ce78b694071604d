/** Where a function runs. `cpu`, `webgpu` and `cuda` are ONNX Runtime's providers; `tfjs-*` run eagerly on TensorFlow.js. */
export const DEVICE_NAMES = ['cpu', 'webgpu', 'cuda', 'tfjs-cpu', 'tfjs-wasm', 'tfjs-node', 'tfjs-node-gpu'] as const;

export type DeviceName = (typeof DEVICE_NAMES)[number];

export interface DeviceOptions {
  readonly device: DeviceName;
  /** Threads of one operator. The results were the same bytes with 1 and with 2. */
  readonly threads: number;
  /** ONNX Runtime's graph optimisation level: part of a result's identity, as fused operators round differently. */
  readonly optimizationLevel: 'disabled' | 'basic' | 'extended' | 'all';
  /** Whether ONNX Runtime repacks constant matrices: faster, more memory, other rounding. */
  readonly prepacking: boolean;
}
