/** The methods whose tensors HF PEFT holds as they are: a look-up in the registry. */
import { allMethods } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import type { PeftForm } from './form.ts';
import { bareKey, peftKey, PREFIX } from './names.ts';

/** The form of a method with these settings; null where PEFT's file holds no such tensors: they are converted, or stay ours. */
export function directForm(settings: MethodSettings): PeftForm | null {
  const form = allMethods().find(({ name }) => name === settings.name)?.peft;
  return form && (form.holds?.(settings) ?? true) ? form : null;
}

/** A form of each `peft_type` that can be read, in the registry's order. */
export function peftForms(): PeftForm[] {
  const forms = allMethods().flatMap(({ peft }) => peft ?? []);
  return forms.filter(({ type }, i) => forms.findIndex((form) => form.type === type) === i);
}

/** The file's key of a module's tensor. */
export function keyIn({ keyOf = peftKey }: PeftForm, path: string, local: string): string {
  return keyOf(path, local);
}

/** Whether a key is of a tensor that a file has once for all modules. */
export function isShared(key: string): boolean {
  return peftForms().some(({ shared }) => shared?.includes(key));
}

/** The module's path and the local name in a key of PEFT's; null for a tensor of the base, one of all modules, or ours. */
export function parseKey(key: string): { readonly path: string; readonly local: string } | null {
  if (!key.startsWith(PREFIX)) return null;
  const prefixes = [...new Set(peftForms().map(({ prefix }) => prefix))];
  const found = new RegExp(`^(.+)\\.((?:${prefixes.join('|')})\\w+)(?:\\.weight)?$`).exec(key.slice(PREFIX.length));
  if (!found) return null;
  const [, path, local] = found;
  return [peftKey(path!, local!), bareKey(path!, local!)].includes(key) ? { path: path!, local: local! } : null;
}
