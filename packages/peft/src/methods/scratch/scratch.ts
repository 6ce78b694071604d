import { withoutAdapter, type Method } from '../method.ts';

/** Training from scratch: every tensor trains, from a random start. What pretraining is worth is measured against it. */
export const scratch: Method = {
  name: 'scratch',
  defaults: { label: 'scratch', name: 'scratch', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: () => true,
  startsAnew: true,
};
