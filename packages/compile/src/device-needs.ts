/** What a device needs beyond `npm ci`: the same words in errors, in `lomap doctor` and in docs/devices.md. */
import type { DeviceName } from './device.ts';

const NEEDS: Readonly<Record<DeviceName, string>> = {
  cpu: 'npm ci',
  webgpu:
    'a Vulkan loader and driver (Debian: libvulkan1, and NVIDIA’s driver or mesa-vulkan-drivers); ' +
    'without a GPU chromium-common’s SwiftShader, by VK_DRIVER_FILES',
  cuda:
    'an NVIDIA driver, CUDA 12, cuDNN 9, and ONNX Runtime’s CUDA libraries: ' +
    'node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12',
  'tfjs-cpu': 'npm ci',
  'tfjs-wasm': 'npm install --no-save @tensorflow/tfjs-backend-wasm@4.22.0',
  'tfjs-node': 'scripts/build-tfjs-node.sh',
  'tfjs-node-gpu': 'an NVIDIA driver, CUDA and cuDNN, and scripts/build-tfjs-node.sh --gpu',
};

/** What to install, as a phrase. */
export function deviceNeeds(device: DeviceName): string {
  return NEEDS[device];
}
