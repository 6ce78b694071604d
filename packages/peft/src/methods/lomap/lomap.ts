import { couple } from '../couple.ts';
import { map } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** LoMAP = lora x map: α W/‖W‖ + β BA/‖BA‖. loraAlpha is void unless deltaScope is none. */
export const lomap = couple('lomap', map, loraUpdate, {
  about: {
    title: 'LoMAP',
    what: 'α W/‖W‖ + β BA/‖BA‖',
    source: 'MAP, arXiv 2505.23094',
    page: 'docs/methods/lomap.md',
  },
});
