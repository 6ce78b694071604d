/** Trees of tensors: nested objects and arrays whose leaves are tensors, taken and returned by compiled functions. */
import type { HostTensor } from './host.ts';
import type { TensorSpec } from './symbolic/dimension.ts';
import { tf } from './tf.ts';

/** The tree T with every leaf of type From replaced by To. */
export type MapLeaves<T, From, To> = T extends From
  ? To
  : T extends readonly unknown[]
    ? { [K in keyof T]: MapLeaves<T[K], From, To> }
    : { readonly [K in keyof T]: MapLeaves<T[K], From, To> };

/** A tree of tensors as its specifications. */
export type Specs<T> = MapLeaves<T, tf.Tensor, TensorSpec>;

/** A tree of tensors as host values. */
export type Hosts<T> = MapLeaves<T, tf.Tensor, HostTensor>;

/** The leaves of a tree in a fixed order (keys sorted), each with its path for error messages. */
export function leaves<L>(tree: unknown, isLeaf: (node: unknown) => node is L, path = ''): { path: string; leaf: L }[] {
  if (isLeaf(tree)) return [{ path: path || '(root)', leaf: tree }];
  if (tree === null || typeof tree !== 'object') {
    throw new TypeError(
      `A tree of tensors holds ${String(tree)} at ${path || 'its root'}: expected a tensor, an object or an array.`,
    );
  }
  return childrenOf(tree).flatMap(([key, child]) => leaves(child, isLeaf, path ? `${path}.${key}` : key));
}

/** The tree with its leaves replaced, in the order of `leaves`. */
export function replaceLeaves<L>(tree: unknown, isLeaf: (node: unknown) => node is L, next: () => unknown): unknown {
  if (isLeaf(tree)) return next();
  if (Array.isArray(tree)) return tree.map((child) => replaceLeaves(child, isLeaf, next));
  return Object.fromEntries(
    childrenOf(tree as object).map(([key, child]) => [key, replaceLeaves(child, isLeaf, next)]),
  );
}

function childrenOf(tree: object): [string, unknown][] {
  if (Array.isArray(tree)) return tree.map((child, index) => [String(index), child]);
  return Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function isTensor(node: unknown): node is tf.Tensor {
  return node instanceof tf.Tensor;
}

export function isSpec(node: unknown): node is TensorSpec {
  return typeof node === 'object' && node !== null && 'dtype' in node && 'shape' in node;
}

export function isHostTensor(node: unknown): node is HostTensor {
  return isSpec(node) && 'data' in node;
}
