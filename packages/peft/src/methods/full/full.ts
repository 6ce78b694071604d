import { withoutAdapter, type Method } from '../method.ts';

/** Full fine-tuning: every tensor trains. */
export const full: Method = {
  name: 'full',
  defaults: { label: 'full', name: 'full', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: () => true,
};
