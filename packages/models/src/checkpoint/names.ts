import { basename } from 'node:path';
import type { LinearModule, Model } from '../architectures/architecture.ts';
import { ModelError } from '../model-error.ts';
import type { Safetensors } from '../safetensors/read.ts';
import { isWeightDtype } from '../safetensors/dtype.ts';

/** Which tensor of the file each tensor of the model is. */
export interface TensorNames {
  /** Shapes by the model's names, in the model's order. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The file's name of each tensor that comes from the file; the model's other tensors start fresh. */
  readonly inFile: ReadonlyMap<string, string>;
  /** The file's names of all of the model's tensors that it holds, also of those that start fresh all the same. */
  readonly held: readonly string[];
  /** What is fresh and why, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Finds the tensors of a classification model in a checkpoint, under any of the names that files spell them by. Further
 * tensors, such as position_ids and the pre-training heads `cls.*`, are ignored unless the model says otherwise.
 *
 * A head module that the file lacks is fresh, and so is a classifier for another number of labels, or the whole head
 * if `freshHead` asks for it.
 *
 * @throws ModelError that lists what is missing, has a wrong shape or type, or is of another model.
 */
export function resolveNames(file: Safetensors, model: Model, numLabels: number, freshHead = false): TensorNames {
  const shapes = model.shapes(numLabels);
  const inFile = new Map<string, string>();
  const held: string[] = [];
  for (const name of shapes.keys()) {
    const found = model.spellings(name).find((spelling) => file.tensors.has(spelling));
    if (found !== undefined) held.push(found);
    const anew = freshHead && isHead(model, name);
    if (found !== undefined && !anew) inFile.set(name, found);
  }
  const notes = freshHead ? [] : freshHeadModules(file, model, numLabels, inFile);
  check(file, model, shapes, inFile);
  return { shapes, inFile, held, notes };
}

/** Takes out of `inFile` the head modules that start fresh, and says why. */
function freshHeadModules(file: Safetensors, model: Model, numLabels: number, inFile: Map<string, string>): string[] {
  const notes: string[] = [];
  for (const module of model.linears(numLabels).filter(({ path }) => isHead(model, path))) {
    const { path, bias } = module;
    const names = [`${path}.weight`, ...(bias ? [`${path}.bias`] : [])];
    const found = names.flatMap((name) => inFile.get(name) ?? []);
    const isClassifier = path === model.classifier && found.length === names.length;
    const labels = isClassifier ? labelsOf(file, module, found) : null;
    if (found.length === 0) {
      notes.push(`${path} starts fresh: ${file.path} holds none.`);
    } else if (labels !== null && labels !== numLabels) {
      notes.push(`${path} starts fresh with ${numLabels} labels: the one in ${file.path} has ${labels}.`);
      for (const name of names) inFile.delete(name);
    }
  }
  return notes;
}

/** The number of labels of a whole classifier [labels, hidden], with its bias [labels] if it has one; null if it is none. */
function labelsOf(file: Safetensors, module: LinearModule, [weight, bias]: readonly string[]): number | null {
  const [labels, hidden, ...others] = file.tensors.get(weight!)!.shape;
  if (labels === undefined || hidden !== module.in || others.length > 0) return null;
  return bias === undefined || sameShape(file.tensors.get(bias)!.shape, [labels]) ? labels : null;
}

function isHead({ head }: Model, path: string): boolean {
  return head.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
}

/** The most problems listed in one message. */
const listed = 5;

function check(
  file: Safetensors,
  model: Model,
  shapes: ReadonlyMap<string, readonly number[]>,
  inFile: ReadonlyMap<string, string>,
): void {
  const problems: string[] = [];
  for (const [name, shape] of shapes) {
    const found = inFile.get(name);
    const entry = found === undefined ? undefined : file.tensors.get(found);
    const expected = `expected shape [${shape.join(', ')}]`;
    if (!entry) {
      if (!isFresh(model, name, inFile)) problems.push(`${name} is missing, ${expected}`);
    } else if (!sameShape(entry.shape, shape)) {
      problems.push(`${found} has shape [${entry.shape.join(', ')}], ${expected}`);
    } else if (!isWeightDtype(entry.dtype)) {
      problems.push(`${found} has type ${entry.dtype}, expected F32, F16 or BF16`);
    }
  }
  const known = new Set([...shapes.keys()].flatMap((name) => model.spellings(name)));
  for (const name of file.tensors.keys()) {
    if (!known.has(name) && model.isForeign?.(name)) problems.push(`${name} is none of its tensors`);
  }
  if (problems.length === 0) return;
  const more = problems.length > listed ? [`and ${problems.length - listed} more`] : [];
  const lines = [...problems.slice(0, listed), ...more].map((problem) => `  ${problem}`);
  throw new ModelError(
    `${file.path} does not hold the ${model.title} model of its config.json:\n${lines.join('\n')}\n` +
      `Check that config.json and ${basename(file.path)} are of the same checkpoint, and fetch them again.`,
  );
}

/** Whether a tensor starts fresh: its module is of the head and the file holds neither its weight nor its bias. */
function isFresh(model: Model, name: string, inFile: ReadonlyMap<string, string>): boolean {
  const path = name.slice(0, name.lastIndexOf('.'));
  return isHead(model, path) && !inFile.has(`${path}.weight`) && !inFile.has(`${path}.bias`);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
