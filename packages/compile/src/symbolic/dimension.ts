import type { HostDtype } from '../host.ts';

/** A size that is known only when the function runs: `times` the value of a symbol. */
export interface Dimension {
  readonly symbol: string;
  readonly times: number;
}

/** The type and shape of one input of a compiled function. */
export interface TensorSpec {
  readonly dtype: HostDtype;
  readonly shape: readonly (number | Dimension)[];
}
