/**
 * Where a frozen weight's float32 values lie: `offset` bytes into `file`, row-major, little-endian.
 *
 * The engine hands this place to ONNX Runtime, which maps the file; the values are read in JavaScript only when
 * someone asks for them.
 */
export interface WeightSource {
  /** The weight's name, for error messages and for naming it in the graph. */
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** Byte offset of the first value; a multiple of 4. */
  readonly offset: number;
  readonly shape: readonly number[];
}
