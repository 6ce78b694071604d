/** What can be checked of an adapter's files without its base model. */
import { configProblems, isOursAlone, refuse } from './check-view.ts';
import { directForm, type PeftType } from './forms.ts';
import { inferredModel, inferredModules } from './inferred.ts';
import { OWN, parseKey, PREFIX, projectionKey } from './names.ts';
import { peftConfig } from './peft-settings.ts';
import { readAdapter, type ReadOptions } from './read.ts';
import { AdapterFileError, listed, type AdapterFiles } from './types.ts';

type Where = Pick<ReadOptions, 'block' | 'configPath' | 'tensorsPath'>;

/**
 * Checks type, keys and patterns of the configuration, and that the tensors are whole, finite, of ranks that agree with
 * it and with each other, and of the modules that it names. Only the base model says whether these are its modules, and
 * how large they are there.
 *
 * @throws AdapterFileError for the first of these that does not hold.
 */
export function checkAlone(files: AdapterFiles, where: Where): void {
  const { block, configPath, tensorsPath } = where;
  const { config, tensors } = files;
  fits(tensorsPath, headProblems(files));
  if (block && isOursAlone(files, block.method)) {
    checkOurs(files, where);
    return;
  }
  const form = block && directForm(block.method);
  if (block) {
    const own = { peft_type: form?.type ?? 'LORA', ...form?.fields(block.method) };
    refuse(configPath, configProblems(config, { ...config, ...own }));
  }
  const { lomap: _, ...plain } = config;
  const theirs = new Map([...tensors].filter(([key]) => !key.startsWith(OWN)));
  const { type } = peftConfig(plain, configPath);
  const { modules, problems } = inferredModules(type, theirs);
  if (modules.length === 0) {
    throw new AdapterFileError(
      `${tensorsPath} holds no tensor of an adapter; ${configPath} says that it is of type ${type}.`,
    );
  }
  fits(tensorsPath, problems);
  const model = inferredModel(modules, theirs);
  const options = { configPath, tensorsPath, isInferred: true };
  readAdapter(model, { config: plain, tensors: theirs }, { ...options, block: null });
  if (block) readAdapter(model, files, { ...options, block });
}

/** Files without a form of PEFT's: our tensors as far as they say of which matrices they are. */
function checkOurs({ config, tensors }: AdapterFiles, { block, configPath, tensorsPath }: Where): void {
  const theirs = [...tensors.keys()].filter((key) => parseKey(key) ?? isProjection(key));
  fits(
    tensorsPath,
    theirs.map((key) => `${key} belongs to nothing: by ${configPath} HF PEFT has no such adapter`),
  );
  const ours = new Map(
    [...tensors].map(([key, tensor]) => [key.startsWith(OWN) ? PREFIX + key.slice(OWN.length) : key, tensor]),
  );
  const type = factored.find(([local]) => [...ours.keys()].some((key) => parseKey(key)?.local === local))?.[1];
  if (block!.method.targetModules === null || type === undefined) return;
  const { modules, problems } = inferredModules(type, ours);
  fits(tensorsPath, problems);
  const head = new Map([...tensors].filter(([key]) => !key.startsWith(OWN)));
  readAdapter(inferredModel(modules, head), { config, tensors }, { block, configPath, tensorsPath, isInferred: true });
}

/** By which tensor the factors of an update are known. */
const factored: readonly (readonly [string, PeftType])[] = [
  ...(['lora_A', 'lora_B'] as const).map((local) => [local, 'LORA'] as const),
  ...(['hada_w1_a', 'hada_w1_b'] as const).map((local) => [local, 'LOHA'] as const),
  ...(['lokr_w1', 'lokr_w1_a', 'lokr_w2', 'lokr_w2_a'] as const).map((local) => [local, 'LOKR'] as const),
  ...(['delora_A', 'delora_B'] as const).map((local) => [local, 'DELORA'] as const),
];

/** Tensors of no adapter: a head's, where the configuration names it or its name says so. */
function headProblems({ config, tensors }: AdapterFiles): string[] {
  const saved: unknown[] = Array.isArray(config['modules_to_save']) ? config['modules_to_save'] : [];
  const names = ['classifier', 'pooler', ...saved.filter((name) => typeof name === 'string')];
  return [...tensors].flatMap(([key, { shape }]) => {
    const said = `${key} [${shape.join(', ')}]`;
    if (shape.some((size) => size < 1)) return [`${key} has shape [${shape.join(', ')}]; expected no dimension of 0`];
    if (key.startsWith(OWN) || isProjection(key)) return [];
    if (!key.startsWith(PREFIX)) return [`${said} is no tensor of an adapter, whose names begin with ${PREFIX}`];
    if (parseKey(key)) return [];
    const path = key.slice(PREFIX.length).replace(/\.[^.]+$/, '');
    if (!names.some((name) => `.${path}.`.includes(`.${name}.`))) {
      return [`${said} belongs to nothing that the adapter adapts, nor to modules_to_save`];
    }
    if (shape.length > 2) return [`${key} has shape [${shape.join(', ')}]; expected at most two dimensions`];
    const weight = `${PREFIX}${path}.weight`;
    return tensors.has(weight) ? [] : [`${weight} is missing beside ${key}`];
  });
}

const isProjection = (key: string): boolean => key === projectionKey.vera_A || key === projectionKey.vera_B;

/** @throws AdapterFileError where there are problems. */
function fits(path: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new AdapterFileError(
    `${path} is not right:\n${listed(problems)}\nAre adapter_config.json and the tensors of one adapter, and whole? Save it again.`,
  );
}
