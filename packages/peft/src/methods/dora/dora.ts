import { couple } from '../couple.ts';
import { magnitude } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';
import { doraForm } from '../lora/peft.ts';

/** DoRA = lora x magnitude: m ∘ (W + sBA)/‖W + sBA‖ by rows, the norm detached. */
export const dora = couple('dora', magnitude, loraUpdate, {
  about: {
    title: 'DoRA',
    what: 'm ∘ (W + sBA)/‖W + sBA‖ by rows',
    source: 'Liu et al., arXiv 2402.09353',
    page: 'docs/methods/dora.md',
  },
  peft: doraForm,
});
