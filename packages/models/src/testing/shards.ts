import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors, type DeferredTensor, type WritableTensor } from '../safetensors/write.ts';

/** A name as HF writes it: `model-00001-of-00002.safetensors`. */
export function shardName(index: number, count: number): string {
  const five = (number: number): string => String(number).padStart(5, '0');
  return `model-${five(index + 1)}-of-${five(count)}.safetensors`;
}

/** Writes tensors into so many files of a folder, in turn, with their index. Returns the index as it was written. */
export async function writeShards(
  folder: string,
  tensors: ReadonlyMap<string, WritableTensor | DeferredTensor>,
  count: number,
): Promise<{ metadata: { total_size: number }; weight_map: Record<string, string> }> {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'model.safetensors'), { force: true });
  const weightMap: Record<string, string> = {};
  let total = 0;
  for (let shard = 0; shard < count; shard++) {
    const own = [...tensors].filter((_, i) => i % count === shard);
    for (const [name, tensor] of own) {
      weightMap[name] = shardName(shard, count);
      const size = 'data' in tensor || tensor.dtype === 'F32' ? 4 : 2;
      total += tensor.shape.reduce((product, axis) => product * axis, size);
    }
    await writeSafetensors(join(folder, shardName(shard, count)), new Map(own));
  }
  const index = { metadata: { total_size: total }, weight_map: weightMap };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
  return index;
}
