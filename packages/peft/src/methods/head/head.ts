import { withoutAdapter, type Method } from '../method.ts';

/** The task head alone: what every other method must beat. */
export const head: Method = {
  name: 'head',
  defaults: { label: 'head', name: 'head', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: () => false,
};
