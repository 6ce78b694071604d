/** Adapters of a bare encoder: HF's BertModel, whose tensors lack the prefix that a classifier holds them under. */
import { bertHead, huggingFaceNames, huggingFaceNamesOf, type Checkpoint } from '@lomap/models';
import { OWN_PREFIX, PEFT_PREFIX, type AdapterFiles, type BaseModel } from '@lomap/peft';
import type { AdapterFolder } from './folder.ts';

/** In front of the encoder's names in a classifier. */
const ENCODER = 'bert.';
/** Modules of the encoder. */
const modules: readonly string[] = ['embeddings', 'encoder', 'pooler'];

/** Path prefixes of what an adapter of a bare encoder holds in full: its pooler. */
export const encoderHead: readonly string[] = bertHead
  .filter((path) => path.startsWith(ENCODER))
  .map((path) => path.slice(ENCODER.length));

/**
 * Path prefixes of what an adapter of a classifier holds in full: of the architecture that its base is said to have, or that its
 * tensors are of; else BERT's.
 */
export function classifierHead({ files, block }: Pick<AdapterFolder, 'files' | 'block'>): readonly string[] {
  const said = block ? huggingFaceNames(block.base.type) : null;
  return (said ?? huggingFaceNamesOf(pathsOf(files)))?.head ?? bertHead;
}

/** Whether an adapter's tensors are of a bare encoder: all of its modules, and none of a classifier's. */
export function isOfEncoder(files: AdapterFiles): boolean {
  const paths = pathsOf(files);
  // LoMAP's tensors that matrices share have names of their own.
  const isInner = (path: string): boolean => modules.some((name) => path.startsWith(`${name}.`));
  const isOuter = (path: string): boolean => path.startsWith('classifier.');
  return paths.some(isInner) && !paths.some(isOuter) && huggingFaceNamesOf(paths) === null;
}

/** The model's names in an adapter's. */
function pathsOf({ tensors }: AdapterFiles): string[] {
  return [...tensors.keys()].flatMap((key) => {
    const prefix = [PEFT_PREFIX, OWN_PREFIX].find((start) => key.startsWith(start));
    return prefix === undefined ? [] : [key.slice(prefix.length)];
  });
}

/**
 * The encoder in a checkpoint, by the names of HF's BertModel.
 *
 * @param hasPooler whether it has a pooler, which a checkpoint's file may lack
 */
export function bareEncoder(checkpoint: Checkpoint, hasPooler: boolean): BaseModel {
  const isIn = (name: string): boolean =>
    name.startsWith(ENCODER) && (hasPooler || !encoderHead.some((path) => inner(name).startsWith(`${path}.`)));
  const outer = (name: string): string => `${ENCODER}${name}`;
  return {
    linears: checkpoint.linears
      .filter(({ path }) => isIn(path))
      .map((module) => ({ ...module, path: inner(module.path) })),
    head: hasPooler ? encoderHead : [],
    roles: checkpoint.roles,
    tensors: checkpoint.tensors.filter(isIn).map(inner),
    shape: (name) => checkpoint.shape(outer(name)),
    read: (name) => checkpoint.read(outer(name)),
    fresh: (name) => checkpoint.fresh(outer(name)),
    frozen: (name) => checkpoint.frozen(outer(name)),
  };
}

const inner = (name: string): string => name.slice(ENCODER.length);
