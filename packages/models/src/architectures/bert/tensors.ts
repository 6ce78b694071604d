/** The tensors and linear modules of HF's BertForSequenceClassification, by name and shape. */
import type { LinearModule, ModuleRoles } from '../architecture.ts';
import type { BertConfig } from './config.ts';

/** Path prefixes of the task head: trained with every method, and fresh where a checkpoint lacks it. */
export const bertHead: readonly string[] = ['bert.pooler', 'classifier'];

/** The six linear maps of a layer by role; `output.dense` is also the end of attention's, and each module is adapted once. */
export const bertRoles: ModuleRoles = {
  linear: ['query', 'key', 'value', 'attention.output.dense', 'intermediate.dense', 'output.dense'],
  query: ['query'],
  key: ['key'],
  value: ['value'],
  attentionOutput: ['attention.output.dense'],
  up: ['intermediate.dense'],
  down: ['output.dense'],
};

/** Path of an encoder layer's module. */
export function layerPath(layer: number): string {
  return `bert.encoder.layer.${layer}`;
}

/** Every linear module in the model's order: six a layer, the pooler, the classifier. */
export function bertLinears(config: BertConfig, numLabels: number): LinearModule[] {
  const { hiddenSize, intermediateSize } = config;
  const linear = (path: string, out: number, input: number): LinearModule => ({ path, out, in: input, bias: true });
  const layers = Array.from({ length: config.layers }, (_, index) => {
    const layer = layerPath(index);
    return [
      linear(`${layer}.attention.self.query`, hiddenSize, hiddenSize),
      linear(`${layer}.attention.self.key`, hiddenSize, hiddenSize),
      linear(`${layer}.attention.self.value`, hiddenSize, hiddenSize),
      linear(`${layer}.attention.output.dense`, hiddenSize, hiddenSize),
      linear(`${layer}.intermediate.dense`, intermediateSize, hiddenSize),
      linear(`${layer}.output.dense`, hiddenSize, intermediateSize),
    ];
  });
  const head = [linear('bert.pooler.dense', hiddenSize, hiddenSize), linear('classifier', numLabels, hiddenSize)];
  return [...layers.flat(), ...head];
}

/** Every tensor's shape by name: embeddings, linear modules, layer norms. */
export function bertShapes(config: BertConfig, numLabels: number): Map<string, readonly number[]> {
  const { hiddenSize } = config;
  const shapes = new Map<string, readonly number[]>([
    ['bert.embeddings.word_embeddings.weight', [config.vocabularySize, hiddenSize]],
    ['bert.embeddings.position_embeddings.weight', [config.maxPositions, hiddenSize]],
    ['bert.embeddings.token_type_embeddings.weight', [config.tokenTypes, hiddenSize]],
  ]);
  const norms = ['bert.embeddings.LayerNorm'];
  for (let index = 0; index < config.layers; index++) {
    norms.push(`${layerPath(index)}.attention.output.LayerNorm`, `${layerPath(index)}.output.LayerNorm`);
  }
  for (const norm of norms) shapes.set(`${norm}.weight`, [hiddenSize]).set(`${norm}.bias`, [hiddenSize]);
  for (const { path, out, in: input } of bertLinears(config, numLabels)) {
    shapes.set(`${path}.weight`, [out, input]).set(`${path}.bias`, [out]);
  }
  return shapes;
}
