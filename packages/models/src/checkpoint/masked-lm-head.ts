import { tf } from '@lomap/compile';
import { modelOf } from '../architectures/registry.ts';
import type { Context } from '../context.ts';
import { ModelError } from '../model-error.ts';
import { checkFinite } from '../safetensors/finite.ts';
import { readTensor } from '../safetensors/read.ts';
import type { WritableTensor } from '../safetensors/write.ts';
import { openFolder } from './folder.ts';
import { plainContext } from './plain-context.ts';

/** A head's tensors by name. */
export type HeadTensors = ReadonlyMap<string, WritableTensor>;

/**
 * Reads the masked-language-modelling head of a checkpoint's folder, whose encoder `openCheckpoint` opens. The decoder's weight is among
 * its tensors: the file's own where it holds one, else its word embeddings.
 *
 * @throws ModelError naming the tensors that are missing, have a wrong shape or hold NaN.
 */
export function readMaskedLmHead(directory: string): HeadTensors {
  const { config: json, configPath, weights } = openFolder(directory);
  const { maskedLm, title } = modelOf(json, configPath);
  if (!maskedLm) throw new ModelError(`${configPath} is of a ${title}, which has no masked-language modelling.`);
  const problems: string[] = [];
  const head = new Map<string, WritableTensor>();
  const used: string[] = [];
  for (const [name, { shape, spellings }] of maskedLm.head) {
    const found = spellings.find((spelling) => weights.tensors.has(spelling));
    const entry = found === undefined ? undefined : weights.tensors.get(found);
    const expected = `expected shape [${shape.join(', ')}]`;
    if (found === undefined || !entry) problems.push(`${name} is missing, ${expected}`);
    else if (entry.shape.join() !== shape.join()) {
      problems.push(`${found} has shape [${entry.shape.join(', ')}], ${expected}`);
    } else {
      head.set(name, { shape, data: readTensor(weights, found) });
      used.push(found);
    }
  }
  if (problems.length > 0) {
    throw new ModelError(
      `${weights.path} holds no masked-language-modelling head of its config.json:\n` +
        `${problems.map((problem) => `  ${problem}`).join('\n')}\n` +
        'Use a checkpoint that was saved with that head (BERT: by BertForMaskedLM), or one that this project pretrained.',
    );
  }
  checkFinite(weights, used);
  return head;
}

/**
 * The encoder of one context under a head of fixed tensors: a fine-tuned encoder under the head that it was pretrained
 * with, or that it learned an earlier task with. A masked-language-modelling head keeps its decoder also where the
 * encoder's word embeddings were trained on. To be called inside the traced or eager function.
 */
export function withHead(encoder: Context, head: HeadTensors): Context {
  const leaf = (name: string): tf.Tensor => {
    const tensor = head.get(name);
    if (!tensor) throw new ModelError(`The head has no tensor ${name}.`);
    return tf.tensor(tensor.data, [...tensor.shape], 'float32');
  };
  const own = plainContext(leaf);
  return {
    param: (path) => (head.has(path) ? leaf(path) : encoder.param(path)),
    linear: (path, x) => (head.has(`${path}.weight`) ? own.linear(path, x) : encoder.linear(path, x)),
    dropout: (x, site, rate) => encoder.dropout(x, site, rate),
  };
}
