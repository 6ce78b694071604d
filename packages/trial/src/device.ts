import { observedDevice, type DeviceName, type DeviceOptions } from '@lomap/compile';
import type { TrialSettings } from '@lomap/results';
import type { RunProvenance } from './job.ts';

const devices: Readonly<Record<DeviceName, string>> = {
  cpu: 'onnxruntime-node',
  webgpu: 'onnxruntime-node',
  cuda: 'onnxruntime-node',
  'tfjs-cpu': '@tensorflow/tfjs',
  'tfjs-wasm': '@tensorflow/tfjs',
  'tfjs-node': '@tensorflow/tfjs',
  'tfjs-node-gpu': '@tensorflow/tfjs',
};
const levels: readonly DeviceOptions['optimizationLevel'][] = ['disabled', 'basic', 'extended', 'all'];

/** Names that --device takes. */
export const deviceNames: readonly string[] = Object.keys(devices);

/** A trial's engine settings as @lomap/compile takes them. Throws a RangeError on a value that it does not know. */
export function deviceOptions(engine: TrialSettings['engine'], threads: number): DeviceOptions {
  const device = (Object.keys(devices) as DeviceName[]).find((name) => name === engine.device);
  const optimizationLevel = levels.find((level) => level === engine.optimizationLevel);
  if (!device) throw new RangeError(`There is no device "${engine.device}". Known: ${deviceNames.join(', ')}.`);
  if (!optimizationLevel) {
    throw new RangeError(`There is no optimisation level "${engine.optimizationLevel}". Known: ${levels.join(', ')}.`);
  }
  return { device, threads, optimizationLevel, prepacking: engine.prepacking };
}

/** The device that ran a trial, and what really computed on it: what this process has seen, if it has trained there. */
export function deviceProvenance(device: DeviceName, { versions }: RunProvenance): { name: string; version: string } {
  const asked = `${devices[device]} ${versions[devices[device]] ?? 'of unknown version'}`;
  return { name: device, version: observedDevice(device)?.engine ?? asked };
}
