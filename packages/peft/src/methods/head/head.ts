import { withoutAdapter, type Method } from '../method.ts';

/** The task head alone: what every other method must beat. */
export const head: Method = {
  name: 'head',
  about: { title: 'head only', what: 'the task head alone', source: 'common practice', page: 'docs/methods/head.md' },
  defaults: { label: 'head', name: 'head', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: () => false,
};
