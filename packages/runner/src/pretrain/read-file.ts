import { POOL_SIZE } from '@lomap/compile';
import { readConfigFile, SweepFileError } from '../config/read-sweep.ts';
import { pretrainingFileSchema, type PretrainingFile } from './schema.ts';

/** Reads and checks a pretraining file. Throws a UsageError with every problem found. */
export function readPretrainingFile(path: string): PretrainingFile {
  const file = readConfigFile(path, 'pretraining file', pretrainingFileSchema);
  const { model, training } = file;
  const mask = training.batchSize * model.heads * model.maxPositions ** 2;
  if (model.attentionDropout > 0 && mask > POOL_SIZE) {
    throw new SweepFileError(path, [
      `training.batchSize: dropout on the attention of ${training.batchSize} texts needs masks of up to ${mask} values; at ` +
        `most ${POOL_SIZE} are supported. Lower it or model.maxPositions, or set model.attentionDropout to 0.`,
    ]);
  }
  return file;
}
