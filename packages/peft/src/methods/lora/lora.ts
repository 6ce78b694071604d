import { addComposition } from '../../compositions/add.ts';
import { loraFamily } from '../../deltas/lora/lora.ts';
import { bertLinears, loraScaling } from '../../settings.ts';
import type { Method } from '../method.ts';

/** LoRA = lora x add: W + (loraAlpha/rank)·BA. */
export const lora: Method = {
  name: 'lora',
  defaults: {
    label: 'lora',
    name: 'lora',
    rank: 8,
    loraAlpha: 16,
    targetModules: bertLinears,
    adapterDropout: 0,
    map: null,
  },
  needs: ['rank', 'loraAlpha', 'targetModules'],
  adapter: (settings) => ({
    delta: loraFamily({ rank: settings.rank!, startOfB: 'zero' }),
    composition: addComposition(loraScaling(settings)),
  }),
  trainsBase: () => false,
};
