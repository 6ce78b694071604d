/** The architectures that checkpoints may have. */
import { ModelError } from '../model-error.ts';
import type { Architecture, HuggingFaceNames, Model } from './architecture.ts';
import { bert } from './bert/bert.ts';
import { deberta } from './deberta/deberta.ts';
import { llama } from './llama/llama.ts';

const architectures = new Map<string, Architecture>([bert, deberta, llama].map((one) => [one.type, one]));

/**
 * Adds an architecture: from then on `openCheckpoint` opens folders whose `config.json` has its `model_type`. Worker
 * processes and graphs kept on disk know only what their own program registered, so register before anything is opened.
 *
 * @throws RangeError when another architecture has the type.
 */
export function registerArchitecture(architecture: Architecture): void {
  const known = architectures.get(architecture.type);
  if (known && known !== architecture) {
    throw new RangeError(`There is an architecture "${architecture.type}" already; give yours another model_type.`);
  }
  architectures.set(architecture.type, architecture);
}

/** The `model_type`s that there are. */
export function architectureTypes(): string[] {
  return [...architectures.keys()];
}

/**
 * The architecture that a parsed `config.json` names.
 *
 * @param path of the file, for messages.
 * @throws ModelError for a type that is not known, naming those that are.
 */
export function architectureOf(json: Readonly<Record<string, unknown>>, path: string): Architecture {
  const type = json['model_type'];
  const found = typeof type === 'string' ? architectures.get(type) : undefined;
  if (found) return found;
  const names = type === undefined ? 'names no model_type' : `has model_type ${JSON.stringify(type)}`;
  const known = architectureTypes().map((one) => JSON.stringify(one));
  const are = known.length === 1 ? 'is' : 'are';
  throw new ModelError(`${path} ${names}, which is not supported yet; ${known.join(', ')} ${are}.`);
}

/** The model that a parsed `config.json` describes, without weights. @throws ModelError as `architectureOf` and `parse`. */
export function modelOf(json: Readonly<Record<string, unknown>>, path: string): Model {
  return architectureOf(json, path).parse(json, path);
}

/** What Hugging Face calls things in the architecture of this type; null where it is not known or does not say. */
export function huggingFaceNames(type: string): HuggingFaceNames | null {
  return architectures.get(type)?.huggingFace ?? null;
}

/**
 * The same of the architecture whose tensors have these names, for a file without a config.json beside it; null where none
 * has a tensor among them.
 */
export function huggingFaceNamesOf(tensors: Iterable<string>): HuggingFaceNames | null {
  const names = [...tensors];
  const all = [...architectures.values()].flatMap(({ huggingFace }) => huggingFace ?? []);
  return all.find(({ prefix }) => names.some((name) => name.startsWith(prefix))) ?? null;
}
