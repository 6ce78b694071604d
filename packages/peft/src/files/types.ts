import type { MethodSettings } from '../settings.ts';

/** A float32 tensor of a file. */
export interface FileTensor {
  readonly shape: readonly number[];
  /** Row-major values, as many as the product of the shape. */
  readonly data: Float32Array;
}

/** What a folder of an adapter holds: adapter_config.json and the tensors of adapter_model.safetensors. */
export interface AdapterFiles {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, FileTensor>;
}

/** The model that an adapter belongs to. */
export interface BaseIdentity {
  readonly name: string;
  readonly type: string;
  /** Of its weights and configuration, in hex. */
  readonly sha256: string;
}

/** Our own block in adapter_config.json, beside HF PEFT's keys: what a method is, bit for bit. */
export interface LomapBlock {
  readonly version: 1;
  readonly method: MethodSettings;
  readonly base: BaseIdentity;
}

/** How large an update enters, as the file says it. */
export interface UpdateScaling {
  /** LoRA's α; null where there is none, where it differs by matrix, or where it has no effect. */
  readonly loraAlpha: number | null;
  /** Each s of W + sΔ, once; empty where there is none. */
  readonly values: readonly number[];
}

/** What one of the two kinds of files comes to, before the tensors are taken. */
export interface FoundAdapter {
  readonly settings: MethodSettings;
  /** What adapts modules of the task head: a method, whose targets are those modules' paths. Null for none. */
  readonly head: MethodSettings | null;
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly scaling: UpdateScaling;
  /** The file's key of an adapter's spec. */
  readonly keyOf: (name: string) => string;
  /** Keys that may be there without being asked for. */
  readonly beside: (key: string) => boolean;
  readonly notes: readonly string[];
}

/** An adapter whose files are not what they should be. The message is for the person who named the folder. */
export class AdapterFileError extends Error {
  override readonly name = 'AdapterFileError';
}

/** An adapter that a format cannot hold exactly. The message says why, and which format can. */
export class NotExactError extends Error {
  override readonly name = 'NotExactError';
}

/** How many problems one message lists. */
const LISTED = 5;

/** Problems as the lines of one message. */
export function listed(problems: readonly string[]): string {
  const more = problems.length > LISTED ? [`and ${problems.length - LISTED} more`] : [];
  return [...problems.slice(0, LISTED), ...more].map((problem) => `  ${problem}`).join('\n');
}
