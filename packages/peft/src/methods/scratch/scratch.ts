import { withoutAdapter, type Method } from '../method.ts';

/** Training from scratch: every tensor trains, from a random start. What pretraining is worth is measured against it. */
export const scratch: Method = {
  name: 'scratch',
  about: {
    title: 'from scratch',
    what: 'every tensor, from random values',
    source: 'common practice',
    page: 'docs/methods/full.md',
  },
  defaults: { label: 'scratch', name: 'scratch', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: () => true,
  startsAnew: true,
};
