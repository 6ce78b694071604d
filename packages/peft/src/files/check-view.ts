/** HF PEFT's half of a file with our block: the same adapter as ours, or an error. */
import type { TrainedAdapter } from './bound.ts';
import { saysNothing } from './config-values.ts';
import { directForm } from './forms.ts';
import { AdapterFileError, listed, type AdapterFiles, type FileTensor } from './types.ts';
import { adapterFiles, LOMAP_TYPE } from './write.ts';

/** Keys of adapter_config.json that say nothing of the weights, and our block. */
const free: ReadonlySet<string> = new Set([
  ...['auto_mapping', 'base_model_name_or_path', 'inference_mode', 'lomap', 'peft_version', 'revision', 'task_type'],
  ...['lora_dropout', 'module_dropout', 'rank_dropout', 'rank_dropout_scale', 'vera_dropout'],
]);

/** How far a value may be from the one computed here, over the tensor's largest: rounding of another machine. */
const TOLERANCE = 1e-5;

const REMEDY =
  'HF PEFT would open another adapter than LoMAP. Use both files as lomap wrote them, with the version that did; or, if what PEFT opens is the one ' +
  'that is meant, take the block "lomap" out of adapter_config.json.';

/** Whether files of these settings are ours alone: PEFT has no such adapter, and there is nothing to compare. */
export function isOursAlone({ config }: AdapterFiles, settings: TrainedAdapter['settings']): boolean {
  return config['peft_type'] === LOMAP_TYPE && directForm(settings) === null;
}

/**
 * Compares what PEFT reads of the files with what would be written for the adapter: every key but those of training and
 * of names, and every tensor.
 *
 * @throws AdapterFileError that lists what differs, the configuration first.
 */
export function checkView(
  adapter: TrainedAdapter,
  files: AdapterFiles,
  where: { readonly configPath: string; readonly tensorsPath: string },
): void {
  if (isOursAlone(files, adapter.settings)) return;
  const expected = adapterFiles(adapter);
  refuse(where.configPath, configProblems(files.config, expected.config));
  refuse(where.tensorsPath, tensorProblems(files.tensors, expected.tensors));
}

/** @throws AdapterFileError where there are problems. */
export function refuse(path: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new AdapterFileError(`${path} does not fit its block "lomap":\n${listed(problems)}\n${REMEDY}`);
}

/** Keys whose value differs from the one expected. */
export function configProblems(found: AdapterFiles['config'], expected: AdapterFiles['config']): string[] {
  const type = keyProblem('peft_type', found, expected);
  // The keys of another type all differ: the type is what is wrong.
  if (type !== null) return [type];
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].filter((key) => !free.has(key)).flatMap((key) => keyProblem(key, found, expected) ?? []);
}

function keyProblem(key: string, found: AdapterFiles['config'], expected: AdapterFiles['config']): string | null {
  const [is, should] = [found, expected].map((config) => JSON.stringify(config[key] ?? null)) as [string, string];
  if (is === should || (!(key in expected) && saysNothing(found[key]))) return null;
  return key in expected ? `${key} is ${is}; expected ${should}` : `${key} is ${is}; expected no such key`;
}

function tensorProblems(found: ReadonlyMap<string, FileTensor>, expected: ReadonlyMap<string, FileTensor>): string[] {
  const differing = [...expected].flatMap(([key, tensor]) => {
    const saved = found.get(key);
    const shape = `[${tensor.shape.join(', ')}]`;
    if (!saved) return [`${key} is missing; expected shape ${shape}`];
    if (saved.shape.join() !== tensor.shape.join()) {
      return [`${key} has shape [${saved.shape.join(', ')}]; expected ${shape}`];
    }
    return valueProblem(key, saved.data, tensor.data) ?? [];
  });
  const extra = [...found.keys()].filter((key) => !expected.has(key));
  return [...differing, ...extra.map((key) => `${key} belongs to nothing that the adapter adapts`)];
}

function valueProblem(key: string, found: Float32Array, expected: Float32Array): string | null {
  const allowed = TOLERANCE * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const at = found.findIndex((value, i) => !(Math.abs(value - expected[i]!) <= allowed));
  return at < 0 ? null : `${key} has ${found[at]} at ${at}; by LoMAP's own tensors it is ${expected[at]}`;
}
