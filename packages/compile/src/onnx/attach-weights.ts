import { readFileSync } from 'node:fs';
import { FIELD, fieldsOf, messageField, textsOf, type Field } from './fields.ts';
import { inOrderOf } from './node-order.ts';
import { namesIn } from './schema.ts';
import { modelFile, storeModel } from './store-model.ts';

/**
 * Stores a model that takes its weights of 16 bits as inputs together with the part that makes them (`writeOnnx`): the
 * part's nodes come first, and the inputs that it makes are none any more. Whatever else is in the model stays as it is
 * encoded, since ONNX Runtime writes more into a model than this package knows.
 *
 * @param model an encoded ModelProto
 * @param weights the name of the stored part, an encoded GraphProto
 * @param order an encoded model in whose order the nodes are to be written; absent: as they are
 * @returns the name under which the whole is stored
 */
export function attachWeights(model: Uint8Array, weights: string, directory: string, order?: Uint8Array): string {
  const part = readFileSync(modelFile(weights, directory));
  const made = new Set(namesIn(part));
  const { graph, others } = partsOf(model);
  const kept = graph.filter((field) => field.number !== FIELD.graph.input || !made.has(nameOf(field)));
  const isNode = ({ number }: Field): boolean => number === FIELD.graph.node;
  const nodes = kept.filter(isNode);
  const sorted = order ? inOrderOf(nodes, partsOf(order).graph.filter(isNode)) : nodes;
  const rest = kept.filter((field) => !isNode(field));
  const whole = Buffer.concat([part, ...[...sorted, ...rest].map(({ bytes }) => bytes)]);
  return storeModel(
    Buffer.concat([...others.map(({ bytes }) => bytes), messageField(FIELD.model.graph, whole)]),
    directory,
  );
}

/** The fields of a model's graph, and the model's others. */
function partsOf(model: Uint8Array): { readonly graph: Field[]; readonly others: Field[] } {
  const fields = fieldsOf(model);
  const isGraph = ({ number }: Field): boolean => number === FIELD.model.graph;
  return {
    graph: fields.filter(isGraph).flatMap(({ content }) => fieldsOf(content)),
    others: fields.filter((field) => !isGraph(field)),
  };
}

function nameOf(value: Field): string {
  return textsOf(value.content, FIELD.value.name)[0] ?? '';
}
