import './elementwise.ts';
import './matrices.ts';
import './reductions.ts';
import './shapes.ts';
import { refuseUnsupportedKernels } from './unsupported.ts';

refuseUnsupportedKernels();

export { supportedKernels } from './register.ts';
