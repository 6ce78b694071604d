import { float32, int32, type HostTensor, type TensorSpec, type tf } from '@lomap/compile';
import type { PackedBatch } from '../batch.ts';
import { pack } from './pack.ts';
import { batchSpecs } from './specs.ts';

/** A text, and at which of its tokens the next one is asked for. */
export interface NextTokenExample {
  readonly inputIds: readonly number[];
  /** Places of the text, ascending, at least one: the next token is predicted from what ends there. */
  readonly positions: readonly number[];
  /** The token that follows each of them; of the text's last place it may be any. */
  readonly targets: readonly number[];
  /** What each target counts in the loss. @default 1 each */
  readonly weights?: readonly number[];
}

/** A packed batch with M predictions asked for, in the examples' order. */
export interface NextTokenBatch<T> extends PackedBatch<T> {
  /** Packed row of each token after which the next one is predicted. int32 [M] */
  readonly askedRows: T;
  /** Its place in `askedRows` for each packed row, M for the others: where their gradient goes. int32 [N] */
  readonly rowToAsked: T;
  /** The token that follows, as a float. float32 [M] */
  readonly nextIds: T;
  /** Weight in the loss. float32 [M] */
  readonly nextWeights: T;
}

/** A next-token batch on the host. */
export type HostNextTokenBatch = NextTokenBatch<HostTensor>;

/** A next-token batch inside a traced or eager function. */
export type TensorNextTokenBatch = NextTokenBatch<tf.Tensor>;

/**
 * A text of which every token from the place `from` on is predicted from those before it: the prompt's tokens, if `from`
 * is its length, are read and not predicted.
 *
 * @throws RangeError unless 1 <= from < the number of tokens.
 */
export function predictedFrom(inputIds: readonly number[], from: number): NextTokenExample {
  if (!(Number.isInteger(from) && from >= 1 && from < inputIds.length)) {
    throw new RangeError(`Of ${inputIds.length} tokens those from ${from} on cannot be predicted from earlier ones.`);
  }
  const targets = inputIds.slice(from);
  return { inputIds, positions: targets.map((_, i) => from - 1 + i), targets };
}

/**
 * The packed batch of these examples. A short batch is filled up with one-token examples, of which nothing is asked.
 *
 * @throws RangeError as `pack`, or when an example asks for nothing or at a place outside of it.
 */
export function packNextToken(examples: readonly NextTokenExample[], batchSize: number): HostNextTokenBatch {
  const batch = pack(
    examples.map(({ inputIds }) => ({ inputIds, tokenTypeIds: inputIds.map(() => 0), label: 0 })),
    batchSize,
  );
  const asked: number[] = [];
  let first = 0;
  examples.forEach(({ inputIds, positions, targets, weights = [] }, index) => {
    const counts = [positions.length, targets.length, weights.length || targets.length];
    if (positions.length === 0 || counts.some((count) => count !== positions.length)) {
      throw new RangeError(
        `Example ${index} of the batch asks at ${positions.length} places and has ${targets.length} targets` +
          `${weights.length > 0 ? ` with ${weights.length} weights` : ''}; expected as many, at least one.`,
      );
    }
    positions.forEach((position, i) => {
      if (Number.isInteger(position) && position > (positions[i - 1] ?? -1) && position < inputIds.length) return;
      throw new RangeError(
        `Example ${index} of the batch has ${inputIds.length} tokens and asks at ${positions.join(', ')}; expected places of it, ascending.`,
      );
    });
    asked.push(...positions.map((position) => first + position));
    first += inputIds.length;
  });
  const [tokens, count] = [batch.inputIds.data.length, asked.length];
  const rowToAsked = new Int32Array(tokens).fill(count);
  asked.forEach((row, i) => (rowToAsked[row] = i));
  const floats = (of: (example: NextTokenExample) => readonly number[]): HostTensor =>
    float32(examples.flatMap(of), [count]);
  return {
    ...batch,
    askedRows: int32(asked, [count]),
    rowToAsked: int32(rowToAsked, [tokens]),
    nextIds: floats(({ targets }) => targets),
    nextWeights: floats(({ targets, weights }) => weights ?? targets.map(() => 1)),
  };
}

/** The types and shapes of a next-token batch of B examples for `compile`: M is a symbol beside N and S. */
export function nextTokenBatchSpecs(batchSize: number): NextTokenBatch<TensorSpec> {
  const rows = { symbol: 'N', times: 1 } as const;
  const asked = { symbol: 'M', times: 1 } as const;
  return {
    ...batchSpecs(batchSize),
    askedRows: { dtype: 'int32', shape: [asked] },
    rowToAsked: { dtype: 'int32', shape: [rows] },
    nextIds: { dtype: 'float32', shape: [asked] },
    nextWeights: { dtype: 'float32', shape: [asked] },
  };
}
