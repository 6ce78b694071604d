/** The tensors and linear modules of HF's DebertaV2ForSequenceClassification, by name and shape. */
import type { LinearModule, ModuleRoles } from '../architecture.ts';
import type { DebertaConfig } from './config.ts';

/** Path prefixes of the task head: trained with every method, and fresh where a checkpoint lacks it. */
export const debertaHead: readonly string[] = ['pooler', 'classifier'];

/** The six linear maps of a layer by role. The projections of distances by maps of their own are not among them. */
export const debertaRoles: ModuleRoles = {
  linear: ['query_proj', 'key_proj', 'value_proj', 'attention.output.dense', 'intermediate.dense', 'output.dense'],
  query: ['query_proj'],
  key: ['key_proj'],
  value: ['value_proj'],
  attentionOutput: ['attention.output.dense'],
  up: ['intermediate.dense'],
  down: ['output.dense'],
};

export const embeddingsPath = 'deberta.embeddings';
export const encoderPath = 'deberta.encoder';

/** Path of an encoder layer's module. */
export function layerPath(layer: number): string {
  return `${encoderPath}.layer.${layer}`;
}

/** Every linear module in the model's order. */
export function debertaLinears(config: DebertaConfig, numLabels: number): LinearModule[] {
  const { hiddenSize, intermediateSize, embeddingSize, relative } = config;
  const linear = (path: string, out: number, input: number, bias = true): LinearModule => {
    return { path, out, in: input, bias };
  };
  const own = relative && !relative.sharesProjections ? relative : null;
  const projections = [
    ...['query_proj', 'key_proj', 'value_proj'],
    ...(own?.contentToPosition ? ['pos_key_proj'] : []),
    ...(own?.positionToContent ? ['pos_query_proj'] : []),
  ];
  const layers = Array.from({ length: config.layers }, (_, index) => {
    const layer = layerPath(index);
    return [
      ...projections.map((name) => linear(`${layer}.attention.self.${name}`, hiddenSize, hiddenSize)),
      linear(`${layer}.attention.output.dense`, hiddenSize, hiddenSize),
      linear(`${layer}.intermediate.dense`, intermediateSize, hiddenSize),
      linear(`${layer}.output.dense`, hiddenSize, intermediateSize),
    ];
  });
  return [
    ...(embeddingSize === hiddenSize ? [] : [linear(`${embeddingsPath}.embed_proj`, hiddenSize, embeddingSize, false)]),
    ...layers.flat(),
    linear('pooler.dense', hiddenSize, hiddenSize),
    linear('classifier', numLabels, hiddenSize),
  ];
}

/** Every tensor's shape by name: embeddings, the table of distances, the convolution, linear modules, layer norms. */
export function debertaShapes(config: DebertaConfig, numLabels: number): Map<string, readonly number[]> {
  const { hiddenSize, embeddingSize, relative, convolution } = config;
  const shapes = new Map<string, readonly number[]>();
  const table = (path: string, rows: number, columns: number): void => {
    shapes.set(`${path}.weight`, [rows, columns]);
  };
  table(`${embeddingsPath}.word_embeddings`, config.vocabularySize, embeddingSize);
  if (config.absolutePositions) table(`${embeddingsPath}.position_embeddings`, config.maxPositions, embeddingSize);
  if (config.tokenTypes > 0) table(`${embeddingsPath}.token_type_embeddings`, config.tokenTypes, embeddingSize);
  if (relative) table(`${encoderPath}.rel_embeddings`, 2 * relative.span, hiddenSize);
  if (convolution) {
    shapes.set(`${encoderPath}.conv.conv.weight`, [hiddenSize, hiddenSize / convolution.groups, convolution.size]);
    shapes.set(`${encoderPath}.conv.conv.bias`, [hiddenSize]);
  }
  const norms = [
    `${embeddingsPath}.LayerNorm`,
    ...(config.normalizesTable ? [`${encoderPath}.LayerNorm`] : []),
    ...(convolution ? [`${encoderPath}.conv.LayerNorm`] : []),
    ...Array.from({ length: config.layers }, (_, index) => [
      `${layerPath(index)}.attention.output.LayerNorm`,
      `${layerPath(index)}.output.LayerNorm`,
    ]).flat(),
  ];
  for (const norm of norms) shapes.set(`${norm}.weight`, [hiddenSize]).set(`${norm}.bias`, [hiddenSize]);
  for (const { path, out, in: input, bias } of debertaLinears(config, numLabels)) {
    shapes.set(`${path}.weight`, [out, input]);
    if (bias) shapes.set(`${path}.bias`, [out]);
  }
  return shapes;
}
