import { frozenWeight, type Weight } from '@lomap/map';
import type { BaseModel, LinearModule } from '../types.ts';

/** A module's frozen weight on the host: files need no tensor of it. */
export function hostWeight(model: Pick<BaseModel, 'read'>, module: LinearModule): Weight {
  return frozenWeight(
    module.path,
    module,
    () => model.read(`${module.path}.weight`),
    () => {
      throw new Error(`${module.path}: a file's weight has no tensor.`);
    },
  );
}
