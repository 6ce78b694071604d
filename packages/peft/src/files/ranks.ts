/** The ranks that an adapter's tensors have, whatever its configuration says. */
import { TRIPLET } from '../methods/adalora/delta.ts';
import { parseKey } from './forms.ts';
import { OWN, PREFIX } from './names.ts';
import type { FileTensor } from './types.ts';

export interface MatrixRank {
  readonly path: string;
  /** Of the factors in the file. */
  readonly rank: number;
  /** AdaLoRA: how many singular values are not 0. */
  readonly left?: number;
}

/** In which dimension of which tensor a matrix's rank is. LoKr's second factor is looked at first: it is the larger. */
const places: readonly (readonly [local: string, axis: number])[] = [
  ...[['lora_A', 0] as const, ['hada_w1_b', 0] as const, ['lokr_w2_b', 0] as const, ['lokr_w1_b', 0] as const],
  ...[['vera_lambda_d', 0] as const, ['delora_A', 0] as const, ['lotr_M', 0] as const, ['lora_R', 0] as const],
];

/**
 * By matrix, in the file's order: of LoMAP's exact tensors where the file has them, else of HF PEFT's. A matrix without
 * factors, as of (IA)³ or of LoKr with whole ones, has no entry.
 */
export function ranksOf(tensors: ReadonlyMap<string, FileTensor>, hasBlock: boolean): MatrixRank[] {
  const isOwn = hasBlock && [...tensors.keys()].some((key) => key.startsWith(OWN));
  const byPath = new Map<string, Map<string, FileTensor>>();
  for (const [key, tensor] of tensors) {
    if (key.startsWith(OWN) !== isOwn) continue;
    const name = isOwn ? key.slice(OWN.length) : parseKey(key) && key.slice(PREFIX.length).replace(/\.weight$/, '');
    if (!name) continue;
    const dot = name.lastIndexOf('.');
    const path = name.slice(0, dot);
    byPath.set(path, (byPath.get(path) ?? new Map<string, FileTensor>()).set(name.slice(dot + 1), tensor));
  }
  return [...byPath].flatMap(([path, own]): MatrixRank[] => {
    const place = places.find(([local]) => own.has(local));
    if (!place) return [];
    const values = own.get(TRIPLET.values);
    return [
      {
        path,
        rank: own.get(place[0])!.shape[place[1]]!,
        ...(values && { left: values.data.reduce((sum, value) => sum + Number(value !== 0), 0) }),
      },
    ];
  });
}
