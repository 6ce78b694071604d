/**
 * The runner's side of the other packages: what exists, what a folder holds.
 */
import { key, POOL_SIZE } from '@lomap/compile';
import { findTask, taskNamed, taskNames } from '@lomap/data';
import { checkMapSettings } from '@lomap/map';
import { describeModel, loadTokenizer, openCheckpoint, type Checkpoint, type ModelDescription } from '@lomap/models';
import {
  aboutMethod,
  checkMethod,
  countParameters,
  methodDefaults,
  methodNames,
  optionalSettings,
  settingRules,
} from '@lomap/peft';
import { settingsSchema } from '@lomap/results';
import { SYNTHETIC_SUITE } from '@lomap/synthetic';
import { optimizerNames } from '@lomap/train';
import { checkRows, deviceNames } from '@lomap/trial';
import { statSync } from 'node:fs';
import type { Registry } from './config/registry.ts';
import type { CellSettings } from './config/resolve.ts';
import { FailureError, UsageError, messageOf } from './errors.ts';
import type { Identity } from './plan/plan.ts';
import type { PluginFile } from './plugins/load.ts';
import type { DataFolder, Source } from './sources/source.ts';
import { modelSha256 } from './worker/folders.ts';

/** The tasks of @lomap/data, the methods of @lomap/peft, the devices of @lomap/compile. */
export function registry(): Registry {
  return {
    tasks: taskNames(),
    canonicalTask: (name) => findTask(name)?.name ?? null,
    methods: methodNames(),
    methodDefaults(name) {
      const { targetModules, ...defaults } = methodDefaults(name);
      return {
        ...defaults,
        label: name,
        targetModules: typeof targetModules === 'string' || targetModules === null ? targetModules : [...targetModules],
      };
    },
    optionalSettings,
    furtherSettings: furtherSettings(),
    checkMethod(method) {
      checkMethod(method);
      if (method.map) checkMapSettings(method.map);
    },
    devices: deviceNames,
    optimizers: optimizerNames(),
  };
}

/** The settings of methods from outside, which are documented where they are. */
function furtherSettings(): Registry['furtherSettings'] {
  const documented = settingsSchema.shape.method.shape;
  const rules = methodNames().flatMap((name) => Object.entries(settingRules(name)));
  return new Map(
    rules.flatMap(([key, { expected, meaning = '' }]) =>
      Object.hasOwn(documented, key) ? [] : [[key, { expected, meaning }] as const],
    ),
  );
}

/** What the registry's methods are called in print, by name. */
export function methodTitles(): Map<string, string> {
  return new Map(methodNames().map((name) => [name, aboutMethod(name).title]));
}

/** The suite's version decides the corpus too: both come from the same grammars. */
const corpusName = `${SYNTHETIC_SUITE.name}-v${SYNTHETIC_SUITE.version}`;

/** Throws a UsageError when what `where` names is no folder. */
export function requireFolder(where: string, directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  throw new UsageError(`${where} ${directory}: ${found ? 'this is a file, not a folder' : 'there is no such folder'}.`);
}

/**
 * Hashes of the model's and the tasks' files. The model is opened on the way, so that a missing or truncated file is
 * one message before anything is planned.
 */
export async function identify(
  model: Source,
  data: DataFolder,
  tasks: readonly string[],
  cache: string,
  cells: readonly CellSettings[],
  plugins: readonly PluginFile[] = [],
): Promise<Identity> {
  try {
    const checkpoint = await openCheckpoint(model.directory, { numLabels: 1, cacheDirectory: cache, headKey: key(0) });
    const tokenizer = loadTokenizer(model.directory);
    const sha256 = modelSha256(checkpoint, tokenizer);
    for (const cell of cells) checkCell(cell, checkpoint);
    const hashes = new Map<string, { name: string; sha256: string }>();
    for (const name of tasks) {
      const task = taskNamed(name);
      // Every split is read once before anything is trained: a malformed row costs no trial. They are read one after
      // another: of several broken files it is always the first that is named.
      for (const split of [task.splits.train, ...task.splits.dev]) await task.load(data.directory, split);
      const longest = Math.max(0, ...cells.map(({ training }) => training.maxLength));
      await checkRows(task, data.directory, tokenizer, checkpoint.limits, longest);
      hashes.set(name, { name: `${data.name ?? task.suite}/${name}`, sha256: await task.sha256(data.directory) });
    }
    return {
      model: { name: model.name, type: checkpoint.type, sha256 },
      roles: checkpoint.roles,
      data: hashes,
      plugins: hashesOf(plugins),
      corpus: corpusName,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new FailureError(messageOf(error));
  }
}

/** What a plan needs of a model of which there is only the config.json. Its hashes are no trial's. */
export function identifyDescription(
  { directory, name }: Source,
  tasks: readonly string[],
  cells: readonly CellSettings[],
  plugins: readonly PluginFile[] = [],
): Identity {
  try {
    const model = describeModel(directory, 1);
    for (const cell of cells) checkCell(cell, model);
    const unread = (task: string) => ({ name: `${taskNamed(task).suite}/${task}`, sha256: '0'.repeat(64) });
    return {
      model: { name, type: model.type, sha256: model.sha256 },
      roles: model.roles,
      data: new Map(tasks.map((task) => [task, unread(task)])),
      plugins: hashesOf(plugins),
      corpus: corpusName,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new FailureError(messageOf(error));
  }
}

function hashesOf(plugins: readonly PluginFile[]): string[] {
  return [...new Set(plugins.map(({ sha256 }) => sha256))].sort();
}

/** Throws when a cell's settings do not fit the model. */
function checkCell({ method, training }: CellSettings, checkpoint: Checkpoint | ModelDescription): void {
  const { maxPositions } = checkpoint.limits;
  const { maxLength, batchSize, gradientAccumulationSteps = 1, dropout } = training;
  if (maxLength > maxPositions) {
    throw new UsageError(
      `training.maxLength is ${maxLength}, but the model ${checkpoint.name} has ${maxPositions} positions.`,
      `Set base.training.maxLength in the sweep file to at most ${maxPositions}.`,
    );
  }
  if (batchSize % gradientAccumulationSteps !== 0) {
    throw new UsageError(
      `training.gradientAccumulationSteps is ${gradientAccumulationSteps}; it has to divide training.batchSize, ${batchSize}.`,
    );
  }
  const examples = batchSize / gradientAccumulationSteps;
  const { heads, dropout: attentionDropout } = checkpoint.attention ?? { heads: 0, dropout: 0 };
  const mask = examples * heads * maxLength * maxLength;
  if ((dropout ?? attentionDropout) > 0 && mask > POOL_SIZE) {
    throw new UsageError(
      `Attention dropout on ${examples} examples of ${maxLength} tokens and ${heads} heads needs masks of ${mask} values; ` +
        `at most ${POOL_SIZE} are supported. Raise training.gradientAccumulationSteps, lower training.maxLength, or set training.dropout to 0.`,
    );
  }
  countParameters(checkpoint, method);
}
