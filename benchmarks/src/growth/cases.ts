import { RANK } from '../common/methods.ts';
import { modelShapes, type ModelShape } from '../common/model-shapes.ts';

/** What the training step grows with: layers, width of the hidden states, tokens an example, rank of the adapters. */
export const dimensions = ['layers', 'width', 'length', 'rank'] as const;

export type Dimension = (typeof dimensions)[number];

/** One step's size. */
export type Case = Readonly<Record<Dimension, number>>;

/** MiniLM-L6's shape, examples of 32 tokens: one dimension at a time leaves it. */
export const baseCase: Case = {
  layers: modelShapes.minilm.layers,
  width: modelShapes.minilm.hidden,
  length: 32,
  rank: RANK,
};

/** The width of an attention head. */
export const HEAD = modelShapes.minilm.hidden / modelShapes.minilm.heads;

/** The base case and the cases that differ from it in this dimension alone, in ascending order. */
export function casesAlong(dimension: Dimension, values: readonly number[]): Case[] {
  return [...new Set([baseCase[dimension], ...values])]
    .sort((a, b) => a - b)
    .map((value) => ({ ...baseCase, [dimension]: value }));
}

/** The case's model: heads of the base case's width, an intermediate layer four times as wide, MiniLM's vocabulary. */
export function shapeOf({ layers, width }: Case): ModelShape {
  const { vocabulary } = modelShapes.minilm;
  return { hidden: width, layers, heads: width / HEAD, intermediate: 4 * width, vocabulary };
}
