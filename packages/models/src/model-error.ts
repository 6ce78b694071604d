/**
 * A checkpoint, tokenizer or safetensors file that cannot be used. The message is for the person who named the file:
 * which file, which tensor or key, what was expected, what was found, what to do. Shown without a stack.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
