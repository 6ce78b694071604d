/** An adapter's folder with what its files alone show: the one judgement of `inspect`, and the first of `export`. */
import { readAlone, type AloneAdapter } from '@lomap/peft';
import { FailureError } from '../errors.ts';
import { classifierHead, encoderHead, isOfEncoder } from './encoder.ts';
import { readAdapterFolder, type AdapterFolder } from './folder.ts';

export interface CheckedAdapter {
  readonly folder: AdapterFolder;
  /** Whether its model is a bare encoder, without a classifier. */
  readonly isEncoder: boolean;
  /** Path prefixes of what it holds in full: the encoder's pooler, or the classifier's head. */
  readonly head: readonly string[];
  readonly alone: AloneAdapter;
}

/** @throws FailureError, AdapterFileError or ModelError for files that no base model would make right. */
export function checkedAdapter(directory: string): CheckedAdapter {
  const folder = readAdapterFolder(directory);
  for (const [name, { data }] of folder.files.tensors) {
    const broken = data.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0) throw new FailureError(`${folder.tensorsPath}: ${name} has ${data[broken]} at ${broken}.`);
  }
  const isEncoder = isOfEncoder(folder.files);
  const head = isEncoder ? encoderHead : classifierHead(folder);
  return { folder, isEncoder, head, alone: readAlone(folder.files, { ...folder, head }) };
}
