import { withoutAdapter, type Method } from '../method.ts';

/** Full fine-tuning: every tensor trains. */
export const full: Method = {
  name: 'full',
  about: {
    title: 'full fine-tuning',
    what: 'every tensor',
    source: 'Devlin et al., arXiv 1810.04805',
    page: 'docs/methods/full.md',
  },
  defaults: { label: 'full', name: 'full', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: () => true,
};
