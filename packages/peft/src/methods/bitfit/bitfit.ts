import { withoutAdapter, type Method } from '../method.ts';

/** BitFit: every bias trains, those of layer norms too (Ben Zaken et al., arXiv 2106.10199). */
export const bitfit: Method = {
  name: 'bitfit',
  about: {
    title: 'BitFit',
    what: 'every bias',
    source: 'Ben Zaken et al., arXiv 2106.10199',
    page: 'docs/methods/bitfit.md',
  },
  defaults: { label: 'bitfit', name: 'bitfit', ...withoutAdapter },
  needs: [],
  adapter: () => null,
  trainsBase: (tensor) => tensor.endsWith('.bias'),
};
