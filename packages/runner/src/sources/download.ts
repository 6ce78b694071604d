import type { Received } from '@lomap/tasks';
import { FailureError, UsageError, messageOf } from '../errors.ts';

/** How often a line is said of one file. */
const EVERY_MS = 2000;

/** Runs a download and says how far it is, a line every two seconds and one at each file's end. */
export async function downloading<T>(
  what: string,
  say: (line: string) => void,
  download: (onProgress: (progress: Received) => void) => Promise<T>,
): Promise<T> {
  let last = 0;
  const onProgress = ({ file, received, total, cached }: Received): void => {
    if (cached) return;
    const now = performance.now();
    if (received < total && now - last < EVERY_MS) return;
    last = now;
    say(`download    ${what}: ${file} ${megabytes(received)} of ${megabytes(total)} MB`);
  };
  try {
    return await download(onProgress);
  } catch (error) {
    if (error instanceof UsageError || error instanceof FailureError) throw error;
    if (error instanceof Error && 'kind' in error && error.kind === 'usage') throw new UsageError(error.message);
    throw new FailureError(messageOf(error));
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
