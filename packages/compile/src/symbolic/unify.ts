/** Several traces of one function at different sizes become one graph with symbolic sizes. */
import { CompileError } from '../errors.ts';
import {
  attributesKey,
  isSizes,
  type Constant,
  type Graph,
  type Node,
  type Operand,
  type Sizes,
} from '../trace/graph.ts';
import type { Point } from '../trace/trace.ts';
import { fitAffine, type Affine } from './affine.ts';

/** One entry of a size vector: known, an affine function of the symbols, or `rest`: whatever a reshape leaves open. */
export type SymbolicSize = number | Affine | 'rest';

export interface SymbolicSizes {
  readonly sizes: readonly SymbolicSize[];
}

export interface SymbolicNode extends Omit<Node, 'operands'> {
  readonly operands: readonly (Exclude<Operand, Sizes> | SymbolicSizes)[];
}

/** A graph whose size vectors may depend on symbols. The shapes of its values are those of the first trace. */
export interface SymbolicGraph extends Omit<Graph, 'nodes'> {
  readonly nodes: readonly SymbolicNode[];
}

/**
 * The points at which a function of these symbols is traced: a base, one more for each symbol, and one to verify.
 * Unequal primes, so that a size that happens to agree with a constant of the model is not taken for it.
 */
export function tracePoints(symbols: readonly string[]): Point[] {
  const primes = [
    [61, 67, 53],
    [13, 17, 11],
    [29, 31, 23],
    [41, 43, 37],
  ];
  if (symbols.length > primes.length)
    throw new CompileError(`At most ${primes.length} symbols are supported, not ${symbols.length}.`);
  const base = Object.fromEntries(symbols.map((symbol, i) => [symbol, primes[i]![0]!]));
  if (symbols.length === 0) return [base];
  const bumped = symbols.map((symbol, i) => ({ ...base, [symbol]: primes[i]![1]! }));
  return [base, ...bumped, Object.fromEntries(symbols.map((symbol, i) => [symbol, primes[i]![2]!]))];
}

/**
 * Lays the traces side by side and fits every size that differs.
 *
 * @throws CompileError when the traces differ in structure, or a constant or size depends on the symbols in a way
 *   that cannot be expressed.
 */
export function unify(graphs: readonly Graph[], points: readonly Point[]): SymbolicGraph {
  const first = graphs[0]!;
  for (const graph of graphs) {
    if (
      graph.nodes.length !== first.nodes.length ||
      graph.outputs.length !== first.outputs.length ||
      graph.outputs.some((output, i) => output.id !== first.outputs[i]!.id)
    ) {
      throw new CompileError(
        `The function computes ${first.nodes.length} operations at ${JSON.stringify(points[0])} and ${graph.nodes.length} at ` +
          `${JSON.stringify(points[graphs.indexOf(graph)])}: its control flow depends on the sizes of its inputs. Write it without.`,
      );
    }
  }
  const constants = new Map<number, Constant>();
  const filled: SymbolicNode[] = [];
  for (const [id, constant] of first.constants) {
    const all = graphs.map((graph) => graph.constants.get(id));
    if (all.every((other) => other && sameConstant(other, constant))) constants.set(id, constant);
    else filled.push(filledConstant(constant, all, points));
  }
  const nodes = first.nodes.map((node, index) =>
    unifyNode(
      node,
      graphs.map((graph) => graph.nodes[index]!),
      points,
    ),
  );
  return { ...first, constants, nodes: [...filled, ...nodes] };
}

function unifyNode(node: Node, others: readonly Node[], points: readonly Point[]): SymbolicNode {
  for (const other of others) {
    if (other.op !== node.op || attributesKey(other.attributes) !== attributesKey(node.attributes)) {
      throw new CompileError(
        `The operation ${node.op} ${attributesKey(node.attributes)} becomes ${other.op} ${attributesKey(other.attributes)} ` +
          'at other sizes: an attribute may not depend on the sizes of the inputs.',
      );
    }
  }
  const operands = node.operands.map((operand, index) => {
    if (!isSizes(operand)) {
      if (others.some((other) => (other.operands[index] as { id?: number }).id !== operand.id)) {
        throw new CompileError(`The operand ${index} of ${node.op} is another tensor at other sizes of the inputs.`);
      }
      return operand;
    }
    const vectors = others.map((other) => (other.operands[index] as Sizes).sizes);
    return { sizes: unifySizes(vectors, points, node.op) };
  });
  return { ...node, operands };
}

function unifySizes(vectors: readonly (readonly number[])[], points: readonly Point[], op: string): SymbolicSize[] {
  const first = vectors[0]!;
  const columns = first.map((_, i) => vectors.map((vector) => vector[i]!));
  const differing = columns.filter((column) => column.some((value) => value !== column[0]));
  return columns.map((column) => {
    if (!differing.includes(column)) return column[0]!;
    if (op === 'Reshape' && differing.length === 1) return 'rest';
    return fitAffine(column, points, `A size of ${op}`);
  });
}

function sameConstant(a: Constant, b: Constant): boolean {
  return (
    a.data.length === b.data.length &&
    a.value.shape.every((size, axis) => size === b.value.shape[axis]) &&
    a.data.every((value, i) => Object.is(value, b.data[i]))
  );
}

/** A constant whose shape depends on the symbols is one value repeated, or cannot be expressed. */
function filledConstant(
  constant: Constant,
  all: readonly (Constant | undefined)[],
  points: readonly Point[],
): SymbolicNode {
  const value = constant.data[0] ?? 0;
  if (all.some((other) => !other || other.data.some((v) => !Object.is(v, value)))) {
    throw new CompileError(
      `A constant [${constant.value.shape.join(', ')}] made inside the function has other values at other sizes of the inputs. ` +
        'Pass it as an input.',
    );
  }
  const vectors = all.map((other) => other!.value.shape);
  return {
    op: 'ConstantOfShape',
    operands: [{ sizes: unifySizes(vectors, points, 'a constant') }],
    outputs: [constant.value],
    attributes: { value, dtype: constant.value.dtype },
  };
}
