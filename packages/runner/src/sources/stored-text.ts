import { engineDtype, type Checkpoint } from '@lomap/models';

/** In which types and how many files weights lie: `bfloat16 in 3 files`. */
export function storedText({ files, dtypes }: Checkpoint['stored']): string {
  const types = dtypes.map((dtype) => engineDtype[dtype]).join(' and ');
  return files === 0 ? `${types}, no weights there` : `${types} in ${files} ${files === 1 ? 'file' : 'files'}`;
}
