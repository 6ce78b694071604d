/** Bytes of a safetensors file with this header, a value or its text, and this many bytes of data. */
export function safetensorsBytes(header: unknown, data: Uint8Array | number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const content = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + content.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(content, 8 + json.length);
  return bytes;
}
