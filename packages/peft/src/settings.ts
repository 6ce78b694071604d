import type { MapSettings } from '@lomap/map';

/** A method and its settings, as a trial records them. Null where the method has no such setting. */
export interface MethodSettings {
  /** The label of the table row: the method's name, or an ablation cell's. */
  readonly label: string;
  /** Registry name: head, lora, dora, lomap, ... */
  readonly name: string;
  readonly rank: number | null;
  /** LoRA's α: the update is scaled by loraAlpha/rank. Void under a normalising MAP. */
  readonly loraAlpha: number | null;
  /** Module names, each matched as the path or a suffix of it after a dot; or one regular expression for whole paths. */
  readonly targetModules: string | readonly string[] | null;
  readonly adapterDropout: number;
  readonly map: MapSettings | null;
}

/** The six linear maps of a BERT layer; `output.dense` also matches attention's, and each module is adapted once. */
export const bertLinears: readonly string[] = [
  'query',
  'key',
  'value',
  'attention.output.dense',
  'intermediate.dense',
  'output.dense',
];

/** LoRA's scaling loraAlpha/rank of settings that have both. */
export function loraScaling({ rank, loraAlpha }: MethodSettings): number {
  return loraAlpha! / rank!;
}
