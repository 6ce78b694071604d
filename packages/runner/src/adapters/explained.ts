import { ModelError } from '@lomap/models';
import { AdapterFileError, NotExactError } from '@lomap/peft';
import { FailureError, UsageError } from '../errors.ts';

/** Runs what reads or writes adapters; what it refuses is told without a stack, with the exit code that goes with it. */
export async function explained<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotExactError) throw new UsageError(error.message);
    const isFile = error instanceof AdapterFileError || error instanceof ModelError || error instanceof RangeError;
    if (isFile) throw new FailureError(error.message);
    throw error;
  }
}
