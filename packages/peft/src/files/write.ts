/** Adapters as HF PEFT's files, and our exact tensors beside them. */
import { bind, type BoundAdapter, type TrainedAdapter } from './bound.ts';
import { asDora, asLora, type PeftView } from './converted.ts';
import type { PeftForm } from './form.ts';
import { directForm, keyIn } from './forms.ts';
import { peftModules } from './modules.ts';
import { OWN, PREFIX } from './names.ts';
import { NotExactError, type AdapterFiles, type FileTensor, type LomapBlock } from './types.ts';

/** `peft_type` of a file that only LoMAP reads. */
export const LOMAP_TYPE = 'LOMAP';

/**
 * An adapter's files as training leaves them: HF PEFT's where PEFT has such an adapter, or where ours is exactly one of
 * its DoRA adapters, with our exact tensors beside those; else ours alone, which PEFT refuses.
 */
export function adapterFiles(trained: TrainedAdapter): AdapterFiles {
  const bound = bind(trained);
  try {
    return withBlock(bound, peftView(bound));
  } catch (error) {
    if (!(error instanceof NotExactError)) throw error;
    return withBlock(bound, null);
  }
}

/**
 * The files with HF PEFT's own adapter: as it is, or as an exact DoRA or LoRA. Exact tensors travel in the same file.
 *
 * @throws NotExactError with the reason where PEFT has no such adapter.
 */
export function peftFiles(trained: TrainedAdapter): AdapterFiles {
  const bound = bind(trained);
  return withBlock(bound, peftView(bound));
}

/**
 * A plain LoRA adapter with nothing else in the file, for every reader of LoRA.
 *
 * @throws NotExactError with the reason where the method is none.
 */
export function loraFiles(trained: TrainedAdapter): AdapterFiles {
  const bound = bind(trained);
  const form = directForm(bound.settings);
  const plain = bound.settings.name === 'lora' && form ? direct(bound, form) : asLora(bound);
  return {
    config: config(bound, plain.type, plain.fields),
    tensors: new Map([...plain.tensors, ...headTensors(bound)]),
  };
}

function peftView(bound: BoundAdapter): PeftView {
  const form = directForm(bound.settings);
  if (form) return direct(bound, form);
  return bound.adapter?.composition.name === 'add' ? asLora(bound) : asDora(bound);
}

/** Our tensors under PEFT's names, and what PEFT keeps beside them. */
function direct(bound: BoundAdapter, form: PeftForm): PeftView {
  const ours = bound.modules.flatMap(({ path }) =>
    Object.entries(bound.own.get(path)!).map(([local, tensor]) => [keyIn(form, path, local), tensor] as const),
  );
  const tensors = new Map([...ours, ...(form.beside?.(bound) ?? [])]);
  return { type: form.type, fields: form.fields(bound.settings), tensors };
}

/** The files with our block, and with our tensors where PEFT's are not they. */
function withBlock(bound: BoundAdapter, view: PeftView | null): AdapterFiles {
  const block: LomapBlock = { version: 1, method: bound.settings, base: bound.base };
  const exact = [...bound.exact].map(([name, tensor]) => [`${OWN}${name}`, tensor] as const);
  const isDirect = view !== null && directForm(bound.settings) !== null;
  return {
    config: { ...config(bound, view?.type ?? LOMAP_TYPE, view?.fields ?? {}), lomap: block },
    tensors: new Map([...(view?.tensors ?? []), ...headTensors(bound), ...(isDirect ? [] : exact)]),
  };
}

function headTensors({ head }: BoundAdapter): [string, FileTensor][] {
  return [...head].map(([name, tensor]) => [`${PREFIX}${name}`, tensor]);
}

/** adapter_config.json without our block, its keys sorted as PEFT sorts them. */
function config(bound: BoundAdapter, type: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { head } = bound.model;
  const isClassifier = head.includes('classifier');
  const all: Record<string, unknown> = {
    auto_mapping: null,
    base_model_name_or_path: bound.source?.path ?? bound.base.name,
    inference_mode: true,
    // A head's module by the last part of its path, as PEFT's users name it.
    modules_to_save: head.length > 0 ? head.map((path) => path.slice(path.lastIndexOf('.') + 1)) : null,
    peft_type: type,
    revision: bound.source?.revision ?? null,
    task_type: isClassifier ? 'SEQ_CLS' : 'FEATURE_EXTRACTION',
    ...peftModules(bound, directForm(bound.settings)),
    ...fields,
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
