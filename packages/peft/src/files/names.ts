/** Names of tensors in adapter_model.safetensors: HF PEFT's without the adapter's name, and our own beside them. */

/** In front of every name of the base model. */
export const PREFIX = 'base_model.model.';

/** In front of our exact tensors where HF PEFT's are a conversion of them, or where it has no such method. */
export const OWN = 'lomap.';

/** VeRA's shared projections. */
export const projectionKey = { vera_A: 'base_model.vera_A', vera_B: 'base_model.vera_B' } as const;

/** LoRA's factors are modules in PEFT, with a weight; every other tensor is a parameter by itself. */
const modules: ReadonlySet<string> = new Set(['lora_A', 'lora_B']);

/** PEFT's name of a module's tensor, e.g. `base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight`. */
export function peftKey(path: string, local: string): string {
  return `${bareKey(path, local)}${modules.has(local) ? '.weight' : ''}`;
}

/** The same for AdaLoRA, whose factors are parameters by themselves. */
export function bareKey(path: string, local: string): string {
  return `${PREFIX}${path}.${local}`;
}

/** The module's path and the local name in a key of PEFT's; null for a tensor of the base, a projection or one of ours. */
export function parseKey(key: string): { readonly path: string; readonly local: string } | null {
  if (!key.startsWith(PREFIX)) return null;
  const found = /^(.+)\.((?:lora|vera|hada|lokr|delora|ia3)_\w+)(?:\.weight)?$/.exec(key.slice(PREFIX.length));
  if (!found) return null;
  const [, path, local] = found;
  return [peftKey(path!, local!), bareKey(path!, local!)].includes(key) ? { path: path!, local: local! } : null;
}
