/** Adapters of a bare encoder: HF's BertModel, whose tensors lack the prefix that a classifier holds them under. */
import { bertHead, type Checkpoint } from '@lomap/models';
import { OWN_PREFIX, PEFT_PREFIX, type AdapterFiles, type BaseModel } from '@lomap/peft';

/** In front of the encoder's names in a classifier. */
const ENCODER = 'bert.';
/** Modules of the encoder. */
const modules: readonly string[] = ['embeddings', 'encoder', 'pooler'];

/** Path prefixes of what an adapter holds in full: the encoder's pooler, or a classifier's head. */
export function headOf(isEncoder: boolean): readonly string[] {
  return isEncoder ? bertHead.filter((path) => path.startsWith(ENCODER)).map(inner) : bertHead;
}

/** Whether an adapter's tensors are of a bare encoder: all of its modules, and none of a classifier's. */
export function isOfEncoder({ tensors }: AdapterFiles): boolean {
  const paths = [...tensors.keys()].flatMap((key) => {
    const prefix = [PEFT_PREFIX, OWN_PREFIX].find((start) => key.startsWith(start));
    return prefix === undefined ? [] : [key.slice(prefix.length)];
  });
  // LoMAP's tensors that matrices share have names of their own.
  const isInner = (path: string): boolean => modules.some((name) => path.startsWith(`${name}.`));
  const isOuter = (path: string): boolean => path.startsWith(ENCODER) || path.startsWith('classifier.');
  return paths.some(isInner) && !paths.some(isOuter);
}

/**
 * The encoder in a checkpoint, by the names of HF's BertModel.
 *
 * @param hasPooler whether it has a pooler, which a checkpoint's file may lack
 */
export function bareEncoder(checkpoint: Checkpoint, hasPooler: boolean): BaseModel {
  const isIn = (name: string): boolean =>
    name.startsWith(ENCODER) && (hasPooler || !headOf(true).some((path) => inner(name).startsWith(`${path}.`)));
  const outer = (name: string): string => `${ENCODER}${name}`;
  return {
    linears: checkpoint.linears
      .filter(({ path }) => isIn(path))
      .map((module) => ({ ...module, path: inner(module.path) })),
    head: hasPooler ? headOf(true) : [],
    roles: checkpoint.roles,
    tensors: checkpoint.tensors.filter(isIn).map(inner),
    shape: (name) => checkpoint.shape(outer(name)),
    read: (name) => checkpoint.read(outer(name)),
    fresh: (name) => checkpoint.fresh(outer(name)),
    frozen: (name) => checkpoint.frozen(outer(name)),
  };
}

const inner = (name: string): string => name.slice(ENCODER.length);
