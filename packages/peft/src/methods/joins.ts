import { defaultMapSettings, magnitudesOf, mapComposition } from '@lomap/map';
import { addComposition } from '../compositions/add.ts';
import { boraComposition } from '../compositions/bora.ts';
import { magnitudeComposition } from '../compositions/magnitude.ts';
import { scheduledMagnitudes, triedMagnitudes } from '../compositions/scheduled-magnitudes.ts';
import type { Join } from './couple.ts';

const plain: Omit<Join, 'composition'> = { needs: [], map: null, start: () => 'zero', normalises: () => false };

/** W + sΔ. */
export const add: Join = { ...plain, composition: (_, scaling) => addComposition(scaling) };

/**
 * DoRA's: m ∘ (W + sΔ)/‖W + sΔ‖ by rows. LoRA+'s ratio is on m too, as in HF PEFT's `create_loraplus_optimizer`. PEFT
 * puts it on every tensor of one axis that trains, biases of the head among them; here it is on B and on the magnitudes of
 * DoRA and BoRA alone: the head has a group of its own, and MAP's α and β `scalarLearningRateMultiplier`.
 */
export const magnitude: Join = {
  ...plain,
  about: {
    title: 'DoRA',
    what: "under DoRA's magnitude of each row",
    source: 'Liu et al. (DoRA), arXiv 2402.09353',
  },
  composition: ({ loraPlusRatio }, scaling) => magnitudeComposition(scaling, loraPlusRatio),
};

/** BoRA's: rows, then columns. */
export const twoMagnitudes: Join = {
  ...plain,
  about: { title: 'BoRA', what: "under BoRA's magnitudes of rows and columns", source: 'BoRA, arXiv 2412.06441' },
  composition: ({ loraPlusRatio }, scaling) => boraComposition(scaling, loraPlusRatio),
};

/** MAP: α W/‖W‖ + β Δ/‖Δ‖. */
export const map: Join = {
  about: { title: 'MAP', what: 'under MAP’s two magnitudes of the whole matrix', source: 'MAP, arXiv 2505.23094' },
  needs: ['map'],
  map: defaultMapSettings,
  start: (settings) => (settings.map!.start === 'beta-zero' ? 'random' : 'zero'),
  normalises: (settings) => settings.map !== null && settings.map.deltaScope !== 'none',
  // With deltaScope none the scaling is where β starts.
  ignoresScaling: ({ map }) => (map?.start === 'beta-zero' ? 'β starts at 0' : null),
  composition: (settings, scaling) => mapComposition(settings.map!, scaling),
  refuses({ map }, update) {
    if (update === 'lora' || !magnitudesOf(map!)?.rule.readsScaling) return null;
    return `magnitudes ${map!.magnitudes!.rule} has the size of LoRA's BA in training; this update is ${update}'s. Choose share or width.`;
  },
  readsScaling: ({ map }) => (map && magnitudesOf(map)?.rule.readsScaling) ?? false,
  tryout: ({ map }, weights) => triedMagnitudes(map!, weights),
  betweenSteps: ({ map, rank }, scaling, weights) => scheduledMagnitudes(map!, { rank, scaling }, weights),
};

/** By name, for methods that the registry has not. */
export const joins = { add, magnitude, twoMagnitudes, map } as const satisfies Readonly<Record<string, Join>>;
