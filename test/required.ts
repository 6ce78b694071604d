/**
 * Whether a test must run: `.ci/run` names in LOMAP_REQUIRED what it found or set up (peft, webgpu, tfjs-node,
 * notebooks, readers). What is named there and missing fails; what is missing elsewhere is skipped, with the reason.
 */
export function required(name: string): boolean {
  return (process.env['LOMAP_REQUIRED'] ?? '').split(',').includes(name);
}
