import { expect, test } from '@jest/globals';
import { FIELD, fieldsOf, textsOf, type Field } from './fields.ts';
import { inOrderOf } from './node-order.ts';
import { operator } from './protos.ts';
import { encodePart } from './schema.ts';

/** Nodes as fields, each given as the values it reads and those it makes. */
function nodes(...given: [inputs: string[], outputs: string[]][]): Field[] {
  const node = given.map(([inputs, outputs]) => operator('Add', inputs, outputs));
  return fieldsOf(encodePart({ node, initializer: [] }));
}
const made = (fields: readonly Field[]): string[] =>
  fields.map(({ content }) => textsOf(content, FIELD.node.output).join());

test('results keep the places of the original; what is new stands before its first reader', () => {
  const original = nodes([['x'], ['a']], [['y'], ['b']], [['a'], ['c']], [['b', 'c'], ['d']], [['d'], ['e', 'f']]);
  const optimised = nodes(
    ...([
      [['y'], ['b']],
      [['b'], ['new 1']],
      [['new 1'], ['new 2']],
      [['x'], ['c']], // a and c are fused
      [['new 2', 'c'], ['d']],
      [['d'], ['e', 'f']],
      [['b'], ['nobody reads it']],
    ] as [string[], string[]][]),
  );
  expect(made(inOrderOf(optimised, original))).toEqual(['b', 'c', 'new 1', 'new 2', 'd', 'e,f', 'nobody reads it']);
});
