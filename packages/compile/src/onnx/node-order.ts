import { FIELD, textsOf, type Field } from './fields.ts';

/**
 * The nodes of an optimised graph in the order in which the original's were written, on which rests what it takes of memory
 * (`recompute`): ONNX Runtime writes an optimised graph in another one.
 *
 * A node stands where the original made its result; one whose results are new, a moved Transpose say, right before the first
 * that reads them.
 *
 * @param nodes fields that hold NodeProtos, each after those that it reads
 * @param original fields of the same kind
 */
export function inOrderOf(nodes: readonly Field[], original: readonly Field[]): Field[] {
  const places = new Map<string, number>();
  original.forEach(({ content }, place) => {
    for (const output of textsOf(content, FIELD.node.output)) places.set(output, place);
  });
  const known = nodes.map((node) => ({
    node,
    inputs: textsOf(node.content, FIELD.node.input),
    outputs: textsOf(node.content, FIELD.node.output),
  }));
  /** By value: the place of the first node that reads it. */
  const readers = new Map<string, number>();
  const sorted = known.toReversed().map(({ node, inputs, outputs }) => {
    const own = outputs.flatMap((output) => places.get(output) ?? []);
    const from = own.length > 0 ? own : outputs.flatMap((output) => readers.get(output) ?? []);
    const place = from.length > 0 ? Math.min(...from) : original.length;
    for (const input of inputs) readers.set(input, Math.min(place, readers.get(input) ?? Infinity));
    return { node, place };
  });
  // Sorting is stable: of one place, what is made first stays first.
  return sorted
    .reverse()
    .sort((a, b) => a.place - b.place)
    .map(({ node }) => node);
}
