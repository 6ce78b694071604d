/** SwiftShader, a Vulkan driver that computes on the processor: with it ONNX Runtime's WebGPU provider runs anywhere. */
import { existsSync } from 'node:fs';

const drivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json', // Debian: chromium-common
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];
const loaders = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib64/libvulkan.so.1', '/usr/lib/libvulkan.so.1'];

export type Vulkan = { readonly environment: NodeJS.ProcessEnv } | { readonly missing: string };

/** The environment that a process needs from its start to compute on SwiftShader, or what is missing for it. */
export function swiftShader(runtimeDirectory: string): Vulkan {
  const driver = drivers.find((file) => existsSync(file));
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { missing: `onnxruntime-node has WebGPU on Linux x64, not on ${process.platform} ${process.arch}` };
  }
  if (!loaders.some((file) => existsSync(file))) return { missing: 'no Vulkan loader (Debian: libvulkan1)' };
  if (!driver) return { missing: 'no SwiftShader (Debian: chromium-common)' };
  return { environment: { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: runtimeDirectory } };
}
