/** A function, a graph or a provider that this engine cannot compile or run. The message names the op, the shapes and the remedy. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
}
