import { placeOf, type WeightSource } from '../frozen-source.ts';
import type { Attribute, Constant, Dtype, FrozenLeaf, Graph, Node, Operand, Value } from './graph.ts';

/** Collects the nodes of one trace. */
export class Recorder {
  /** Whether `checkpoint` marks its operand. */
  readonly marksCheckpoints: boolean;
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<number, Constant>();
  readonly #frozen = new Map<number, FrozenLeaf>();
  readonly #frozenByPlace = new Map<string, Value>();
  readonly #inputs: Value[] = [];
  #next = 0;

  constructor(marksCheckpoints = false) {
    this.marksCheckpoints = marksCheckpoints;
  }

  value(shape: readonly number[], dtype: Dtype): Value {
    return { id: this.#next++, shape: [...shape], dtype };
  }

  input(shape: readonly number[], dtype: Dtype): Value {
    const value = this.value(shape, dtype);
    this.#inputs.push(value);
    return value;
  }

  constant(data: Constant['data'], shape: readonly number[], dtype: Dtype): Value {
    const value = this.value(shape, dtype);
    this.#constants.set(value.id, { value, data });
    return value;
  }

  /** The leaf of this source; the same place asked for twice is one leaf. */
  frozen(source: WeightSource): Value {
    const place = placeOf(source);
    const known = this.#frozenByPlace.get(place);
    if (known) return known;
    const value = this.value(source.shape, 'float32');
    this.#frozen.set(value.id, { value, source });
    this.#frozenByPlace.set(place, value);
    return value;
  }

  /** Records a node with one output. */
  node(
    op: string,
    operands: readonly Operand[],
    shape: readonly number[],
    dtype: Dtype,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain?: string,
  ): Value {
    const output = this.value(shape, dtype);
    this.push({ op, operands, outputs: [output], attributes, ...(domain === undefined ? {} : { domain }) });
    return output;
  }

  push(node: Node): void {
    this.#nodes.push(node);
  }

  graph(outputs: readonly Value[]): Graph {
    return {
      inputs: this.#inputs,
      outputs,
      nodes: this.#nodes,
      constants: this.#constants,
      frozen: this.#frozen,
    };
  }
}
