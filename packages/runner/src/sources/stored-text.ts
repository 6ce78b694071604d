import { engineDtype, type Stored } from '@lomap/models';

/** In which types and how many files weights lie: `bfloat16 in 3 files`. */
export function storedText({ files, dtypes }: Stored): string {
  const types = dtypes.map((dtype) => engineDtype[dtype]).join(' and ');
  return `${types} in ${files} ${files === 1 ? 'file' : 'files'}`;
}
