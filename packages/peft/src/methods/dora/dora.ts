import { magnitudeComposition } from '../../compositions/magnitude.ts';
import { loraFamily } from '../../deltas/lora/lora.ts';
import { loraScaling } from '../../settings.ts';
import { lora } from '../lora/lora.ts';
import type { Method } from '../method.ts';

/** DoRA = lora x magnitude: m ∘ (W + sBA)/‖W + sBA‖ by rows, the norm detached. */
export const dora: Method = {
  name: 'dora',
  defaults: { ...lora.defaults, label: 'dora', name: 'dora' },
  needs: ['rank', 'loraAlpha', 'targetModules'],
  adapter: (settings) => ({
    delta: loraFamily({ rank: settings.rank!, startOfB: 'zero' }),
    composition: magnitudeComposition(loraScaling(settings)),
  }),
  trainsBase: () => false,
};
