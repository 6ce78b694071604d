/** A LLaMA of 7B's width with random weights, in as many files as Hugging Face would write. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { key, normal, sizeOf } from '@lomap/compile';
import { engineDtype, modelOf, writeSafetensors, type DeferredTensor, type WeightDtype } from '@lomap/models';
import type { LargeArguments } from './arguments.ts';

/** config.json: LLaMA-7B's numbers, but for the layers. */
function configOf(layers: number, dtype: string): Record<string, unknown> {
  return {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    vocab_size: 32000,
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: layers,
    num_attention_heads: 32,
    num_key_value_heads: 32,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    hidden_act: 'silu',
    initializer_range: 0.02,
    tie_word_embeddings: false,
    bos_token_id: 1,
    eos_token_id: 2,
    torch_dtype: dtype,
  };
}

/** The most bytes of a file. */
const FILE_BYTES = 5e9;
const RANGE = 0.02;
/** Normal numbers that all weights are made of, each tensor's from another place: billions would take minutes to draw. */
const DRAWN = (1 << 20) + 1;

/** Writes the folder: config.json, the weights' files and their index. The same arguments give the same bytes. */
export async function writeLargeModel(directory: string, { layers, dtype }: Pick<LargeArguments, 'layers' | 'dtype'>) {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'config.json');
  const config = configOf(layers, dtype);
  writeFileSync(path, JSON.stringify(config));
  const type = (Object.keys(engineDtype) as WeightDtype[]).find((one) => engineDtype[one] === dtype)!;
  const bytes = type === 'F32' ? 4 : 2;
  const drawn = normal(key(0, 'large'), DRAWN).map((value) => value * RANGE);
  const model = modelOf(config, path);
  const files = [new Map<string, DeferredTensor>()];
  let [inFile, total] = [0, 0];
  for (const [name, shape] of model.shapes(1)) {
    if (model.head.some((prefix) => name.startsWith(`${prefix}.`))) continue;
    const size = bytes * sizeOf(shape);
    if (inFile > 0 && inFile + size > FILE_BYTES) {
      files.push(new Map<string, DeferredTensor>());
      inFile = 0;
    }
    const place = (7919 * total) % DRAWN;
    const values = () =>
      model.isScale(name) ? new Float32Array(sizeOf(shape)).fill(1) : repeated(drawn, place, shape);
    files.at(-1)!.set(name, { shape, dtype: type, values });
    inFile += size;
    total += size;
  }
  const map: Record<string, string> = {};
  for (const [i, tensors] of files.entries()) {
    const name = `model-${five(i + 1)}-of-${five(files.length)}.safetensors`;
    for (const tensor of tensors.keys()) map[tensor] = name;
    await writeSafetensors(join(directory, name), tensors);
  }
  writeFileSync(
    join(directory, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: { total_size: total }, weight_map: map }),
  );
}

const five = (number: number): string => String(number).padStart(5, '0');

function repeated(drawn: Float32Array, place: number, shape: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let at = 0, from = place; at < values.length; from = 0) {
    const part = drawn.subarray(from, from + values.length - at);
    values.set(part, at);
    at += part.length;
  }
  return values;
}
