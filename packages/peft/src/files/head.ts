/** What an adapter's files hold in full, beside the adapter: modules of the task head. */
import { inHead } from '../targets.ts';
import { isShared, parseKey } from './forms.ts';
import { OWN, PREFIX } from './names.ts';
import { AdapterFileError, listed, type AdapterFiles, type FileTensor } from './types.ts';

interface Where {
  readonly configPath: string;
  readonly tensorsPath: string;
  /** Path prefixes of the task head's modules. */
  readonly head: readonly string[];
}

/** The tensors that are no adapter's, with their module's path and their name in it. */
function savedTensors(tensors: AdapterFiles['tensors']): { key: string; path: string; tensor: FileTensor }[] {
  return [...tensors].flatMap(([key, tensor]) => {
    if (!key.startsWith(PREFIX) || parseKey(key)) return [];
    return [{ key, path: key.slice(PREFIX.length).replace(/\.[^.]+$/, ''), tensor }];
  });
}

/** Paths of the modules that the files hold in full, in the file's order. */
export function savedModules({ tensors }: AdapterFiles): string[] {
  return [...new Set(savedTensors(tensors).map(({ path }) => path))];
}

/**
 * Checks that the tensors which are no adapter's are of the task head, whole, and of a linear module's shapes, and that
 * what `modules_to_save` promises of the head is there.
 *
 * @throws AdapterFileError for modules outside of the head, which LoMAP does not hold in full, and for what is not right.
 */
export function checkHead(files: AdapterFiles, where: Where): void {
  const { config, tensors } = files;
  const { configPath, tensorsPath, head } = where;
  const named = [config['modules_to_save']].flat().filter((name) => typeof name === 'string');
  const names = (path: string): boolean => named.some((name) => `.${path}.`.includes(`.${name}.`));
  const saved = savedTensors(tensors);
  const outside = saved.filter(({ path }) => !inHead(head, path) && names(path));
  if (outside.length > 0) {
    throw new AdapterFileError(
      `${configPath}: modules_to_save ${JSON.stringify(named)} names modules outside of the task head (${head.join(', ')}):\n` +
        `${listed(outside.map(({ key, tensor }) => said(key, tensor)))}\n` +
        'LoMAP holds no other module in full beside an adapter. Merge the adapter in PEFT (merge_and_unload), and use the result as a model.',
    );
  }
  const problems = [
    ...[...tensors].flatMap(([key, tensor]) => shapeProblem(key, tensor) ?? []),
    ...saved.flatMap(({ key, path, tensor }) =>
      inHead(head, path)
        ? linearProblems(key, path, tensors)
        : [`${said(key, tensor)} belongs to nothing that the adapter adapts, nor to modules_to_save`],
    ),
    ...head
      .filter((module) => names(module) && !saved.some(({ path }) => inHead([module], path)))
      .map((module) => `${PREFIX}${module} is missing, which modules_to_save of ${configPath} names`),
  ];
  if (problems.length === 0) return;
  throw new AdapterFileError(
    `${tensorsPath} is not right:\n${listed(problems)}\nAre adapter_config.json and the tensors of one adapter, and whole? Save it again.`,
  );
}

const said = (key: string, { shape }: FileTensor): string => `${key} [${shape.join(', ')}]`;

/** What is wrong with any tensor of such a file. */
function shapeProblem(key: string, tensor: FileTensor): string | null {
  if (tensor.shape.some((size) => size < 1)) return wrongShape(key, tensor, 'no dimension of 0');
  const isKnown = key.startsWith(OWN) || isShared(key) || key.startsWith(PREFIX);
  return isKnown ? null : `${said(key, tensor)} is no tensor of an adapter, whose names begin with ${PREFIX}`;
}

/** What is wrong with a tensor of the head: a linear module's weight [out, in] or bias [out]. */
function linearProblems(key: string, path: string, tensors: AdapterFiles['tensors']): string[] {
  const name = `${PREFIX}${path}.weight`;
  const [tensor, weight] = [tensors.get(key)!, tensors.get(name)];
  if (tensor.shape.some((size) => size < 1)) return [];
  if (!weight) return [`${name} is missing beside ${key}`];
  if (weight.shape.some((size) => size < 1)) return [];
  if (weight.shape.length !== 2) return key === name ? [wrongShape(key, weight, '[out, in]')] : [];
  const isBias = key === `${PREFIX}${path}.bias`;
  return isBias && tensor.shape.join() !== `${weight.shape[0]}`
    ? [wrongShape(key, tensor, `[${weight.shape[0]}]`)]
    : [];
}

const wrongShape = (key: string, { shape }: FileTensor, expected: string): string =>
  `${key} has shape [${shape.join(', ')}]; expected ${expected}`;
