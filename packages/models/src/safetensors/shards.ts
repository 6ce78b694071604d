/** A checkpoint's tensors in several files, and the index that says which one each is in. */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readJsonObject, statOrNull } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { openSafetensors, type Safetensors, type StoredTensor } from './read.ts';

/** The most bytes of an index, which has a line for each tensor. */
const maxIndexBytes = 1 << 24;

const indexSchema = z.looseObject({
  metadata: z.looseObject({ total_size: z.number().optional() }).optional(),
  weight_map: z.record(z.string(), z.string()),
});

const again = 'Fetch the index and the files that it names again, all of one revision.';

/**
 * Opens the files that an index names and checks them against it: each is a plain name in the index's folder and is
 * there; every tensor is in the file that the index says, and in no other; no file holds a tensor that the index does not
 * name; their bytes are `total_size`. Only headers are read.
 *
 * @param path of `model.safetensors.index.json`.
 * @throws ModelError naming the file, the tensor and what was expected.
 */
export function openShards(path: string): Safetensors {
  const { weight_map: map, metadata } = readIndex(path);
  const wanted = new Map(Object.entries(map));
  const names = [...new Set(wanted.values())].sort();
  if (names.length === 0) throw new ModelError(`${path}: weight_map names no tensor. ${again}`);
  const files = new Map(names.map((name) => [name, shardPath(path, name)]));
  const tensors = new Map<string, StoredTensor>();
  const problems: string[] = [];
  for (const [shard, file] of files) {
    for (const [name, tensor] of openSafetensors(file).tensors) {
      const named = wanted.get(name);
      const earlier = tensors.get(name);
      if (earlier) problems.push(`${name} is in two files, ${earlier.file} and ${file}`);
      else if (named === undefined) problems.push(`${name} is in ${shard}, and the index does not name it`);
      else if (named !== shard) problems.push(`${name} is in ${shard}; the index says ${named}`);
      tensors.set(name, tensor);
    }
  }
  for (const [name, shard] of wanted)
    if (!tensors.has(name)) problems.push(`${name} is in no file; the index says ${shard}`);
  refuse(path, problems);
  const bytes = [...tensors.values()].reduce((sum, tensor) => sum + tensor.bytes, 0);
  const total = metadata?.total_size;
  if (total !== undefined && total !== bytes) {
    throw new ModelError(`${path}: total_size is ${total}, the tensors of its files have ${bytes} bytes. ${again}`);
  }
  return { path, files: [...files.values()], metadata: new Map(), tensors };
}

function readIndex(path: string): z.infer<typeof indexSchema> {
  const size = statOrNull(path)?.size ?? 0;
  if (size > maxIndexBytes)
    throw new ModelError(`${path} has ${size} bytes; an index has at most ${maxIndexBytes}. ${again}`);
  const parsed = indexSchema.safeParse(readJsonObject(path, again));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ModelError(`${path}: ${issue?.path.join('.')}: ${issue?.message}. ${again}`);
}

/** Where a file of the index lies. The name is somebody else's: nothing outside of the folder is opened by it. */
function shardPath(index: string, name: string): string {
  if (!/^[^/\\:\0]+\.safetensors$/.test(name)) {
    throw new ModelError(
      `${index}: weight_map names the file ${JSON.stringify(name).slice(0, 100)}; expected a name that ends in .safetensors, without a folder. ${again}`,
    );
  }
  const file = join(dirname(index), name);
  const found = statOrNull(file);
  if (!found) throw new ModelError(`${index} names ${name}, and ${file} does not exist. ${again}`);
  if (!found.isFile()) throw new ModelError(`${index} names ${name}, and ${file} is no file. ${again}`);
  return file;
}

/** The most problems listed in one message. */
const listed = 5;

function refuse(path: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length > listed ? [`and ${problems.length - listed} more`] : [];
  const lines = [...problems.slice(0, listed), ...more].map((problem) => `  ${problem}`);
  throw new ModelError(`${path} and its files contradict each other:\n${lines.join('\n')}\n${again}`);
}
