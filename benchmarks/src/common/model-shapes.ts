/** Shapes of the models that benchmarks measure; their weights do not matter. */
export interface ModelShape {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly vocabulary: number;
}

/** The project's small encoder (experiments/pretraining/small-encoder.json), MiniLM-L6-H384 and BERT-base. */
export const modelShapes = {
  small: { hidden: 128, layers: 4, heads: 4, intermediate: 512, vocabulary: 1380 },
  minilm: { hidden: 384, layers: 6, heads: 12, intermediate: 1536, vocabulary: 30522 },
  base: { hidden: 768, layers: 12, heads: 12, intermediate: 3072, vocabulary: 30522 },
} as const satisfies Record<string, ModelShape>;

export const modelNames = ['small', 'minilm', 'base'] as const;

export type ModelName = (typeof modelNames)[number];
