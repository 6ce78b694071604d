/** The behaviour matrix of the updates beside LoRA's, with every composition that they are coupled with. */
import { describeBehaviour } from './testing/behaviour.ts';
import { updateRows } from './testing/rows.ts';

describeBehaviour(updateRows);
