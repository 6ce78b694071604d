/** Ways in which an adapter's folder can be wrong, whatever adapter it is. */
import type { FileTensor } from '@lomap/peft';
import { readAdapterFolder, writeAdapterFolder } from '@lomap/runner';

type Files = ReturnType<typeof readAdapterFolder>['files'];
type Tensors = Files['tensors'];
type Config = Files['config'];

/** The change, whether only the base model shows that it is wrong, and how it is written into a new folder. */
export type Changed = readonly [change: string, needsBase: boolean, write: (directory: string) => Promise<void>];

const PREFIX = 'base_model.model.';
const ones = (shape: readonly number[]): FileTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
});

/** Every one of them is refused. */
export function changedFiles(directory: string): Changed[] {
  const { config, tensors } = readAdapterFolder(directory).files;
  const [first, tensor] = [...tensors].find(([key]) => /_[^.]+(\.weight)?$/.test(key))!;
  const all = (change: (map: Map<string, FileTensor>) => unknown): Tensors => {
    const changed = new Map(tensors);
    change(changed);
    return changed;
  };
  const layer = 'encoder.layer.';
  const renamed = (from: string, to: string): Tensors =>
    new Map([...tensors].map(([key, value]) => [key.replace(from, to), value]));
  const made = (name: string, needsBase: boolean, changes: Config, changed: Tensors = tensors): Changed => [
    name,
    needsBase,
    (to) => writeAdapterFolder(to, { config: { ...config, ...changes }, tensors: changed }),
  ];
  const saved = [config['modules_to_save'] ?? []].flat() as string[];
  const isInLayers = [...tensors.keys()].some((key) => key.includes(layer));
  // Its targets, and what AdaLoRA says of ranks by the tensors' names.
  const elsewhere = JSON.parse(JSON.stringify(config).replaceAll(`${layer}0`, `${layer}9`)) as Config;
  const norm = `${PREFIX}${first.startsWith(`${PREFIX}bert`) || first.includes('classifier') ? 'bert.' : ''}embeddings.LayerNorm`;
  return [
    made('no type', false, { peft_type: null }),
    made('another type', false, { peft_type: 'BOFT' }),
    made('an unknown key', false, { use_new_thing: true }),
    made('biases', false, { bias: 'all' }),
    made('another task', false, { task_type: 'CAUSAL_LM' }),
    made('targets of nothing', false, { target_modules: ['q_proj'] }),
    made('targets in numbers', false, { target_modules: 7 }),
    made(
      'NaN',
      false,
      {},
      all((map) => map.set(first, { ...tensor!, data: tensor!.data.map(() => NaN) })),
    ),
    made(
      'a missing tensor',
      config['peft_type'] === 'IA3',
      {},
      all((map) => map.delete(first)),
    ),
    made(
      'a tensor of nothing',
      false,
      {},
      all((map) => map.set(`${PREFIX}other.weight`, ones([2]))),
    ),
    made(
      'a tensor of no model',
      false,
      {},
      all((map) => map.set('other.weight', ones([2]))),
    ),
    made(
      'another dimension',
      false,
      {},
      all((map) => map.set(first, ones([2, 2, 2]))),
    ),
    made(
      'no dimension',
      false,
      {},
      all((map) => map.set(first, ones([0, 4]))),
    ),
    made(
      'a norm in full',
      false,
      { modules_to_save: [...saved, 'LayerNorm'] },
      all((map) => map.set(`${norm}.weight`, ones([16]))),
    ),
    ...(saved.includes('classifier')
      ? [
          made(
            'a classifier that is promised',
            false,
            {},
            all((map) => ['weight', 'bias'].map((name) => map.delete(`${PREFIX}classifier.${name}`))),
          ),
          made(
            'a classifier of one dimension',
            false,
            {},
            all((map) => map.set(`${PREFIX}classifier.weight`, ones([16]))),
          ),
          made(
            'a classifier of another width',
            true,
            {},
            all((map) => map.set(`${PREFIX}classifier.weight`, ones([2, 15]))),
          ),
        ]
      : []),
    ...(isInLayers ? [made('layers of another model', true, elsewhere, renamed(`${layer}0`, `${layer}9`))] : []),
  ];
}
