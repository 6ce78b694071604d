import { couple } from '../couple.ts';
import { twoMagnitudes } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** BoRA = lora x two magnitudes: those of W + sBA's rows, then those of the result's columns, both norms detached. */
export const bora = couple('bora', twoMagnitudes, loraUpdate, {
  about: {
    title: 'BoRA',
    what: 'as DoRA, then by columns with a magnitude of each',
    source: 'BoRA, arXiv 2412.06441',
    page: 'docs/methods/bora.md',
  },
});
