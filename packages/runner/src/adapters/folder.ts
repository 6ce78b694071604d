/** An adapter's folder: adapter_config.json and adapter_model.safetensors, as HF PEFT names them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import { checkFinite, openSafetensors, readTensor, writeSafetensors } from '@lomap/models';
import type { AdapterFiles, LomapBlock } from '@lomap/peft';
import { FailureError, messageOf } from '../errors.ts';
import { makeFolder } from '../store/make-folder.ts';
import { parseBlock } from './block.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';
/** The tensors in an adapter's folder, and the folder of a kept adapter in its trial's. */
export const ADAPTER_TENSORS = 'adapter_model.safetensors';
export const ADAPTER_FOLDER = 'adapter';

/** What a folder holds, its header and block checked and its tensors widened to float32. */
export interface AdapterFolder {
  readonly files: AdapterFiles;
  readonly block: LomapBlock | null;
  readonly configPath: string;
  readonly tensorsPath: string;
}

/**
 * @throws FailureError for a file that is missing or damaged, and ModelError for a safetensors file that is; each says
 * which and what to do.
 */
export function readAdapterFolder(directory: string): AdapterFolder {
  const configPath = join(directory, ADAPTER_CONFIG);
  const tensorsPath = join(directory, ADAPTER_TENSORS);
  const config = readConfig(configPath);
  if (!existsSync(tensorsPath)) throw new FailureError(`${tensorsPath} does not exist.`, missing(directory));
  const file = openSafetensors(tensorsPath);
  checkFinite(file);
  const tensors = new Map(
    [...file.tensors].map(([name, { shape }]) => [name, { shape, data: readTensor(file, name) }] as const),
  );
  return { files: { config, tensors }, block: parseBlock(config, configPath), configPath, tensorsPath };
}

/** Writes both files into a folder, which is made if missing. */
export async function writeAdapterFolder(directory: string, { config, tensors }: AdapterFiles): Promise<void> {
  makeFolder(directory);
  await writeSafetensors(join(directory, ADAPTER_TENSORS), tensors);
  writeFileSync(join(directory, ADAPTER_CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

function readConfig(path: string): Record<string, unknown> {
  const remedy = `An adapter is a folder with ${ADAPTER_CONFIG} and ${ADAPTER_TENSORS}, as HF PEFT or lomap saves it.`;
  let value: unknown;
  try {
    value = parseJson(readFileSync(path), path);
  } catch (error) {
    const what = messageOf(error);
    throw new FailureError(what.includes(path) ? what : `${path} is not JSON: ${what}`, remedy);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FailureError(`${path} is not a JSON object.`, remedy);
}

function missing(directory: string): string {
  return existsSync(join(directory, 'adapter_model.bin'))
    ? 'The folder holds adapter_model.bin: load it in PEFT and save_pretrained(safe_serialization=True).'
    : `An adapter is a folder with ${ADAPTER_CONFIG} and ${ADAPTER_TENSORS}.`;
}
