import { couple } from '../couple.ts';
import { twoMagnitudes } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** BoRA = lora x two magnitudes: those of W + sBA's rows, then those of the result's columns, both norms detached. */
export const bora = couple('bora', twoMagnitudes, loraUpdate);
