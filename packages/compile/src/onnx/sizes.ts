import { CompileError } from '../errors.ts';
import type { Dimension } from '../symbolic/dimension.ts';
import type { SymbolicSize, SymbolicSizes } from '../symbolic/unify.ts';
import type { NodeProto, TensorProto } from './schema.ts';
import { int64Tensor, operator } from './protos.ts';

/** An input from whose shape a symbol can be read when the graph runs. */
export interface SymbolSource {
  readonly input: string;
  readonly axis: number;
}

/** The first input axis that is exactly the symbol, for every symbol of the inputs. */
export function symbolSources(
  inputs: readonly { readonly name: string; readonly shape: readonly (number | Dimension)[] }[],
): Map<string, SymbolSource> {
  const sources = new Map<string, SymbolSource>();
  const symbols = new Set<string>();
  for (const { name, shape } of inputs) {
    shape.forEach((size, axis) => {
      if (typeof size === 'number') return;
      symbols.add(size.symbol);
      if (size.times === 1 && !sources.has(size.symbol)) sources.set(size.symbol, { input: name, axis });
    });
  }
  for (const symbol of symbols) {
    if (!sources.has(symbol))
      throw new CompileError(`No input has the symbol ${symbol} alone as a size, so its value cannot be read.`);
  }
  return sources;
}

/**
 * Writes size vectors as int64 tensors: constants where they are known, arithmetic on the inputs' shapes where not.
 * Equal vectors are written once.
 */
export class SizeWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #written = new Map<string, string>();
  readonly #sources: ReadonlyMap<string, SymbolSource>;

  constructor(sources: ReadonlyMap<string, SymbolSource>) {
    this.#sources = sources;
  }

  /** The name of the tensor that holds this vector. */
  name({ sizes }: SymbolicSizes): string {
    return this.#once(`sizes:${JSON.stringify(sizes)}`, (name) => {
      const known = sizes.map((size) => (typeof size === 'number' ? size : size === 'rest' ? -1 : null));
      if (known.every((size) => size !== null)) {
        this.initializers.push(int64Tensor(name, known));
        return;
      }
      // A reshape with a single affine size could leave it open, but it is exact either way.
      const parts = sizes.map((size) => this.#entry(size));
      if (parts.length === 1) this.nodes.push(operator('Identity', parts, [name]));
      else this.nodes.push(operator('Concat', parts, [name], { axis: 0 }));
    });
  }

  #entry(size: SymbolicSize): string {
    if (typeof size === 'number') return this.#constant(size);
    if (size === 'rest') return this.#constant(-1);
    const terms = Object.entries(size.coefficients).map(([symbol, times]) =>
      times === 1 ? this.#symbol(symbol) : this.#operation('Mul', this.#symbol(symbol), this.#constant(times)),
    );
    if (size.constant !== 0 || terms.length === 0) terms.push(this.#constant(size.constant));
    return terms.reduce((sum, term) => this.#operation('Add', sum, term));
  }

  #symbol(symbol: string): string {
    const { input, axis } = this.#sources.get(symbol)!;
    return this.#once(`symbol:${symbol}`, (name) => {
      this.nodes.push(operator('Shape', [input], [`${name}_shape`]));
      this.nodes.push(operator('Gather', [`${name}_shape`, this.#constant(axis)], [name], { axis: 0 }));
    });
  }

  #operation(op: string, a: string, b: string): string {
    return this.#once(`${op}:${a}:${b}`, (name) => this.nodes.push(operator(op, [a, b], [name])));
  }

  #constant(value: number): string {
    return this.#once(`constant:${value}`, (name) => this.initializers.push(int64Tensor(name, [value])));
  }

  #once(key: string, write: (name: string) => void): string {
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const name = `size_${this.#written.size}`;
    this.#written.set(key, name);
    write(name);
    return name;
  }
}
