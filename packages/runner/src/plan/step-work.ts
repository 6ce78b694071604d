/**
 * How much a training step computes, by what trains: multiply-adds, of which a machine does about as many a second
 * whatever the method. The terms follow from the formulas of docs/methods; their factors are what committed trials took
 * (`estimate.spec.ts` compares), since elementwise operations and memory are in them too.
 */
import type { TrialSettings } from '@lomap/results';

type Method = TrialSettings['method'];

/** A linear map [out, in]. */
export interface Linear {
  readonly in: number;
  readonly out: number;
}

/** What an encoder has of linear maps, and what a method adapts and trains of it. */
export interface ModelSize {
  readonly linears: readonly Linear[];
  adapted(method: Method): readonly Linear[];
  /** Trainable parameters, the head's included. */
  trained(method: Method): number;
}

/** Forward alone; forward and backward to the adapters; the weights' gradients too. In forward passes. */
const FROZEN = 1;
const THROUGH = 2.1;
const WHOLE = 3.1;
/** Multiply-adds that reading, clipping and updating a trained parameter are worth, for each part of a batch. */
const UPDATE = 550;
/** A skinny product of rank r takes as long as one of rank r + 14. */
const SKINNY = 14;
/** Forward, backward and the factors' gradients; without the last where the factors are frozen. */
const FACTORS = 3.2;
const FROZEN_FACTORS = 1.9;
/** An update without low-rank factors is built as a matrix [out, in] and multiplied by itself. */
const DENSE = 2;
/** DoRA's norm by rows of W + sBA, of each element; and its part of the activations' work, in forward passes. */
const ROW_NORMS = 100;
const MAGNITUDE = 0.3;
/** MAP's scaling of both terms, in forward passes. */
const MAP = 0.4;

const frozenFactors: ReadonlySet<string> = new Set(['vera', 'edora']);
const denseUpdates: ReadonlySet<string> = new Set(['loha', 'liera']);

/** How a method joins its update to W, and which update it is. */
function partsOf(name: string): { readonly join: string; readonly update: string } {
  const [join = '', update] = name.split('+');
  if (update !== undefined) return { join, update };
  const own: Readonly<Record<string, { join: string; update: string }>> = {
    dora: { join: 'dora', update: 'lora' },
    bora: { join: 'bora', update: 'lora' },
    lomap: { join: 'map', update: 'lora' },
    edora: { join: 'dora', update: 'edora' },
  };
  return own[name] ?? { join: 'add', update: name };
}

/** Multiply-adds of one token's way through the encoder. */
export function forwardWork({ linears }: ModelSize): number {
  return sum(linears, (linear) => linear.in * linear.out);
}

/**
 * Multiply-adds of a step.
 *
 * @param tokens of a whole batch
 * @param parts in which the batch goes through the model
 */
export function stepWork(method: Method, model: ModelSize, tokens: number, parts: number): number {
  const { name } = method;
  const forward = tokens * forwardWork(model);
  const updates = parts * UPDATE * model.trained(method);
  if (name === 'head') return FROZEN * forward + updates;
  if (name === 'full' || name === 'scratch') return WHOLE * forward + updates;
  const adapted = model.adapted(method);
  if (name === 'bitfit' || name === 'ia3' || adapted.length === 0) return THROUGH * forward + updates;
  const { join, update } = partsOf(name);
  const share = sum(adapted, (linear) => linear.in * linear.out) * tokens;
  return (
    THROUGH * forward +
    updates +
    updateWork(method, update, adapted, tokens, share) +
    joinWork(method, join, adapted, parts, share)
  );
}

function updateWork(
  { rank }: Method,
  update: string,
  adapted: readonly Linear[],
  tokens: number,
  share: number,
): number {
  if (denseUpdates.has(update)) return DENSE * share;
  const factors = ((rank ?? 0) + SKINNY) * sum(adapted, (linear) => linear.in + linear.out) * tokens;
  return (frozenFactors.has(update) ? FROZEN_FACTORS : FACTORS) * factors;
}

/** Norms are taken once for each part of a batch, however many tokens it has. */
function joinWork({ rank }: Method, join: string, adapted: readonly Linear[], parts: number, share: number): number {
  const r = rank ?? 0;
  const rowNorms = MAGNITUDE * share + parts * (ROW_NORMS + 4 * r) * sum(adapted, (linear) => linear.in * linear.out);
  if (join === 'dora') return rowNorms;
  if (join === 'bora') return 2 * rowNorms;
  // ‖BA‖² from Gram matrices, forward and backward.
  if (join === 'map') return MAP * share + parts * 2 * r ** 2 * sum(adapted, (linear) => linear.in + linear.out);
  return 0;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
