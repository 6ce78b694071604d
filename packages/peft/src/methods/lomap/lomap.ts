import { defaultMapSettings, mapComposition } from '@lomap/map';
import { loraFamily } from '../../deltas/lora/lora.ts';
import { loraScaling } from '../../settings.ts';
import { lora } from '../lora/lora.ts';
import type { Method } from '../method.ts';

/** LoMAP = lora x map: α W/‖W‖ + β BA/‖BA‖. loraAlpha is void unless deltaScope is none. */
export const lomap: Method = {
  name: 'lomap',
  defaults: { ...lora.defaults, label: 'lomap', name: 'lomap', map: defaultMapSettings },
  needs: ['rank', 'loraAlpha', 'targetModules', 'map'],
  adapter(settings) {
    const map = settings.map!;
    return {
      delta: loraFamily({ rank: settings.rank!, startOfB: map.start === 'beta-zero' ? 'kaiming' : 'zero' }),
      composition: mapComposition(map, loraScaling(settings)),
    };
  },
  trainsBase: () => false,
};
