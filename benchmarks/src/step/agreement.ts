import type { Loaded } from './protocol.ts';
import type { RowKey } from './report.ts';

/** Largest relative difference of two first losses that rounding explains. */
const TOLERANCE = 1e-3;

/**
 * Checks that the engines compute the same with this method: as many trained parameters, and the same first loss, at
 * which every adapter is still the identity.
 *
 * @throws Error that says who differs in what.
 */
export function checkAgreement(
  method: string,
  contestants: readonly { readonly key: RowKey; readonly loaded: Pick<Loaded, 'parameters' | 'loss'> }[],
): void {
  const own = contestants.filter(({ key }) => key.method === method);
  const said = (of: (loaded: Pick<Loaded, 'parameters' | 'loss'>) => number | null): string =>
    own.map(({ key, loaded }) => `${key.engine} ${of(loaded)}`).join(', ');
  if (new Set(own.map(({ loaded }) => loaded.parameters)).size > 1) {
    throw new Error(`The engines train different numbers of parameters with ${method}: ${said((l) => l.parameters)}.`);
  }
  const losses = own.flatMap(({ loaded }) => (loaded.loss === null ? [] : [loaded.loss]));
  if (losses.length > 0 && !(Math.max(...losses) - Math.min(...losses) <= TOLERANCE * Math.abs(losses[0]!))) {
    throw new Error(`The engines' first losses differ with ${method}: ${said((l) => l.loss)}.`);
  }
}
