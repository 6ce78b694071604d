import protobuf from 'protobufjs/light.js';

/** One field of an encoded protobuf message. */
export interface Field {
  readonly number: number;
  /** Tag and content, as they are encoded. */
  readonly bytes: Uint8Array;
  /** The content of a field of bytes, a text or a message; empty for a number. */
  readonly content: Uint8Array;
}

/** Wire type of bytes, texts and messages. */
const DELIMITED = 2;

/**
 * The fields of an encoded message, in order.
 *
 * @throws RangeError when the message ends inside of one.
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const reader = protobuf.Reader.create(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const begin = reader.pos;
    const tag = reader.uint32();
    let content = message.subarray(0, 0);
    if ((tag & 7) === DELIMITED) {
      const length = reader.uint32();
      content = message.subarray(reader.pos, reader.pos + length);
      reader.skip(length);
    } else reader.skipType(tag & 7);
    fields.push({ number: tag >>> 3, bytes: message.subarray(begin, reader.pos), content });
  }
  return fields;
}

/** The texts in the fields of this number. */
export function textsOf(message: Uint8Array, number: number): string[] {
  const decoder = new TextDecoder();
  return fieldsOf(message).flatMap((field) => (field.number === number ? [decoder.decode(field.content)] : []));
}

/** A field that holds a message. */
export function messageField(number: number, content: Uint8Array): Uint8Array {
  return protobuf.Writer.create()
    .uint32((number << 3) | DELIMITED)
    .bytes(content)
    .finish();
}

/** Numbers of fields of ModelProto, GraphProto, NodeProto and ValueInfoProto. */
export const FIELD = {
  model: { graph: 7 },
  graph: { node: 1, input: 11 },
  node: { input: 1, output: 2 },
  value: { name: 1 },
};
