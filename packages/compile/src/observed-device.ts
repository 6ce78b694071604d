/** What really computed, by device: recorded when a session has run or a backend has started, never taken from the flag. */
import type { DeviceName } from './device.ts';
import type { Placement } from './provider.ts';

export interface ObservedDevice {
  /** The library that computed and its version: `onnxruntime-node 1.30.0, WebGpuExecutionProvider`. */
  readonly engine: string;
  /** How many operators of the last graph each of ONNX Runtime's providers ran; empty for cpu and for eager devices. */
  readonly placement: Placement;
}

const observed = new Map<DeviceName, ObservedDevice>();

/** Records what ran on a device. */
export function observe(device: DeviceName, what: ObservedDevice): void {
  observed.set(device, what);
}

/** What ran last on a device in this process; undefined before anything did. */
export function observedDevice(device: DeviceName): ObservedDevice | undefined {
  return observed.get(device);
}
