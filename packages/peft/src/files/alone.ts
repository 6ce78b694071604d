/** What an adapter's files say without its base model, and what can be checked of them. */
import type { MethodSettings } from '../settings.ts';
import type { LinearModule } from '../types.ts';
import type { TrainedAdapter } from './bound.ts';
import { configProblems, isOursAlone, refuse } from './check-view.ts';
import type { PeftForm } from './form.ts';
import { directForm, isShared, parseKey, peftForms } from './forms.ts';
import { checkHead } from './head.ts';
import { inferredModel, inferredModules } from './inferred.ts';
import { OWN, PREFIX } from './names.ts';
import { peftConfig } from './peft-settings.ts';
import { readAdapter, scalingOf, type ReadAdapter, type ReadOptions } from './read.ts';
import { AdapterFileError, listed, type AdapterFiles, type BaseIdentity, type UpdateScaling } from './types.ts';

type Where = Pick<ReadOptions, 'block' | 'configPath' | 'tensorsPath'> & {
  /** Path prefixes of the task head's modules in the models that are read here. */
  readonly head: readonly string[];
};

/** An adapter as far as its files tell it. */
export interface AloneAdapter {
  /** As which of our methods it is read. */
  readonly settings: MethodSettings;
  readonly scaling: UpdateScaling;
  /** The adapted modules, those of the head among them; null where the files do not tell of which modules they are. */
  readonly modules: readonly LinearModule[] | null;
  /** The same on a model of those modules, whose values nobody knows; null with them. */
  readonly read: ReadAdapter | null;
  readonly trained: TrainedAdapter | null;
}

/**
 * Reads an adapter on a model that is inferred from its tensors. Checks type, keys and patterns of the configuration, that
 * the tensors are whole, finite, of ranks that agree with it and with each other, and of the modules that it names, and
 * that what is held in full is of the task head. Only the base model says whether these are its modules, and how large
 * they are there.
 *
 * @throws AdapterFileError for the first of these that does not hold.
 */
export function readAlone(files: AdapterFiles, where: Where): AloneAdapter {
  const { block, configPath, tensorsPath, head } = where;
  const { config, tensors } = files;
  if (!block) {
    // What the configuration says cannot be read is the reason for what else is in the files.
    peftConfig(config, configPath);
  }
  checkHead(files, where);
  if (block && isOursAlone(files, block.method)) return readOurs(files, { ...where, block });
  const form = block && directForm(block.method);
  if (block) {
    const own = { peft_type: form?.type ?? 'LORA', ...form?.fields(block.method) };
    refuse(configPath, configProblems(config, { ...config, ...own }));
  }
  const { lomap: _, ...plain } = config;
  const theirs = new Map([...tensors].filter(([key]) => !key.startsWith(OWN)));
  const theirForm = peftConfig(plain, configPath).form;
  const { modules, problems } = inferredModules(theirForm, theirs);
  if (modules.length === 0) {
    throw new AdapterFileError(
      `${tensorsPath} holds no tensor of an adapter; ${configPath} says that it is of type ${theirForm.type}.`,
    );
  }
  fits(tensorsPath, problems);
  const model = inferredModel(modules, theirs, head);
  const options = { configPath, tensorsPath, isInferred: true };
  // With our block, PEFT's half is read as well: what is wrong with it alone is found here.
  const half = readAdapter(model, { config: plain, tensors: theirs }, { ...options, block: null });
  const read = block ? readAdapter(model, files, { ...options, block }) : half;
  return { ...found(read), modules, trained: { model, ...read, base: block?.base ?? UNKNOWN } };
}

const found = (read: ReadAdapter) => ({ read, settings: read.settings, scaling: read.scaling });

/** In place of a base that is not given and not named. */
const UNKNOWN: BaseIdentity = { name: '', type: '', sha256: '' };

/** Files without a form of PEFT's: our tensors as far as they say of which matrices they are. */
function readOurs(
  { config, tensors }: AdapterFiles,
  { block, configPath, tensorsPath, head }: Where & { readonly block: NonNullable<Where['block']> },
): AloneAdapter {
  const theirs = [...tensors.keys()].filter((key) => parseKey(key) ?? isShared(key));
  fits(
    tensorsPath,
    theirs.map((key) => `${key} belongs to nothing: by ${configPath} HF PEFT has no such adapter`),
  );
  const ours = new Map(
    [...tensors].map(([key, tensor]) => [key.startsWith(OWN) ? PREFIX + key.slice(OWN.length) : key, tensor]),
  );
  const locals = new Set([...ours.keys()].map((key) => parseKey(key)?.local));
  const form = peftForms().find((known) => factorsOf(known).some((local) => locals.has(local)));
  if (block.method.targetModules === null || form === undefined) {
    return { settings: block.method, scaling: scalingOf(block.method), modules: null, read: null, trained: null };
  }
  const { modules, problems } = inferredModules(form, ours);
  fits(tensorsPath, problems);
  const saved = new Map([...tensors].filter(([key]) => !key.startsWith(OWN)));
  const model = inferredModel(modules, saved, head);
  const read = readAdapter(model, { config, tensors }, { block, configPath, tensorsPath, isInferred: true });
  return { ...found(read), modules, trained: { model, ...read, base: block.base } };
}

/** The tensors by which a form's update is known, where they say both dimensions of a matrix. */
function factorsOf({ dimensions }: PeftForm): string[] {
  const { out, in: inputs } = dimensions;
  if (typeof out === 'function' || typeof inputs === 'function') return [];
  return [...out, ...inputs].flat().map(([local]) => local);
}

/** @throws AdapterFileError where there are problems. */
function fits(path: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new AdapterFileError(
    `${path} is not right:\n${listed(problems)}\nAre adapter_config.json and the tensors of one adapter, and whole? Save it again.`,
  );
}
