/** The tensors and linear modules of HF's LlamaForSequenceClassification and LlamaForCausalLM, by name and shape. */
import type { LinearModule, ModuleRoles } from '../architecture.ts';
import type { LlamaConfig } from './config.ts';

/** The embeddings [vocabulary, hidden]. */
export const embeddings = 'model.embed_tokens.weight';

/** The classifier on the last token; it has no bias. */
export const classifier = 'score';

/** The output head where it is not the embeddings. */
export const outputHead = 'lm_head';

/** What plays which part in a layer. `linear` are the five that the MAP paper adapts (arXiv 2505.23094, §4). */
export const llamaRoles: ModuleRoles = {
  linear: ['q_proj', 'k_proj', 'v_proj', 'up_proj', 'down_proj'],
  query: ['q_proj'],
  key: ['k_proj'],
  value: ['v_proj'],
  attentionOutput: ['o_proj'],
  gate: ['gate_proj'],
  up: ['up_proj'],
  down: ['down_proj'],
};

/** Path of a layer. */
export function layerPath(layer: number): string {
  return `model.layers.${layer}`;
}

/** Every linear module in the model's order: seven a layer, then the classifier, or the output head of a model without labels. */
export function llamaLinears(config: LlamaConfig, numLabels: number): LinearModule[] {
  const { hiddenSize, heads, keyValueHeads, headSize, intermediateSize, attentionBias, feedForwardBias } = config;
  const layers = Array.from({ length: config.layers }, (_, index) => {
    const attention = (name: string, out: number, input: number): LinearModule => {
      return { path: `${layerPath(index)}.self_attn.${name}`, out, in: input, bias: attentionBias };
    };
    const feedForward = (name: string, out: number, input: number): LinearModule => {
      return { path: `${layerPath(index)}.mlp.${name}`, out, in: input, bias: feedForwardBias };
    };
    return [
      attention('q_proj', heads * headSize, hiddenSize),
      attention('k_proj', keyValueHeads * headSize, hiddenSize),
      attention('v_proj', keyValueHeads * headSize, hiddenSize),
      attention('o_proj', hiddenSize, heads * headSize),
      feedForward('gate_proj', intermediateSize, hiddenSize),
      feedForward('up_proj', intermediateSize, hiddenSize),
      feedForward('down_proj', hiddenSize, intermediateSize),
    ];
  });
  const head = (path: string, out: number): LinearModule => ({ path, out, in: hiddenSize, bias: false });
  const ownHead = config.tied ? [] : [head(outputHead, config.vocabularySize)];
  return [...layers.flat(), ...(numLabels > 0 ? [head(classifier, numLabels)] : ownHead)];
}

/** Every tensor's shape by name: embeddings, norms, linear modules. */
export function llamaShapes(config: LlamaConfig, numLabels: number): Map<string, readonly number[]> {
  const { vocabularySize, hiddenSize } = config;
  const shapes = new Map<string, readonly number[]>([[embeddings, [vocabularySize, hiddenSize]]]);
  for (let index = 0; index < config.layers; index++) {
    shapes.set(`${layerPath(index)}.input_layernorm.weight`, [hiddenSize]);
    shapes.set(`${layerPath(index)}.post_attention_layernorm.weight`, [hiddenSize]);
  }
  shapes.set('model.norm.weight', [hiddenSize]);
  for (const { path, out, in: input, bias } of llamaLinears(config, numLabels)) {
    shapes.set(`${path}.weight`, [out, input]);
    if (bias) shapes.set(`${path}.bias`, [out]);
  }
  return shapes;
}

/** A file of the bare model leaves out the prefix `model.`. */
export function llamaSpellings(name: string): string[] {
  const bare = name.replace(/^model\./, '');
  return bare === name ? [name] : [name, bare];
}
