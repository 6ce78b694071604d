/** Names of tensors in adapter_model.safetensors: HF PEFT's without the adapter's name, and our own beside them. */

/** In front of every name of the base model. */
export const PREFIX = 'base_model.model.';

/** In front of our exact tensors where HF PEFT's are a conversion of them, or where it has no such method. */
export const OWN = 'lomap.';

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
