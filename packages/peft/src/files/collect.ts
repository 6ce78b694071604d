/** The tensors that an adaptation's specs ask for, out of a file's. */
import { sizeOf } from '@lomap/compile';
import type { ParamSpec } from '@lomap/map';
import { AdapterFileError, listed, type FileTensor } from './types.ts';

/**
 * Values in the order of the specs. Null from `keyOf` leaves a spec to the base.
 *
 * @param isInferred whether the model is one that the files say, for the message
 * @param beside keys that may be in the file without being asked for
 * @throws AdapterFileError that lists tensors which are missing, of another shape, not finite, or nobody's
 */
export function collect(
  specs: readonly ParamSpec[],
  tensors: ReadonlyMap<string, FileTensor>,
  keyOf: (spec: ParamSpec) => string | null,
  beside: (key: string) => boolean,
  where: string,
  isInferred = false,
): (Float32Array | null)[] {
  const problems: string[] = [];
  const used = new Set<string>();
  const values = specs.map((spec) => {
    const key = keyOf(spec);
    if (key === null) return null;
    used.add(key);
    const tensor = tensors.get(key);
    const problem = tensor ? wrong(tensor, spec.shape) : `is missing; expected shape [${spec.shape.join(', ')}]`;
    if (problem !== null) problems.push(`${key} ${problem}`);
    return tensor?.data ?? null;
  });
  for (const [key, tensor] of tensors) {
    if (used.has(key)) continue;
    if (!beside(key)) problems.push(`${key} [${tensor.shape.join(', ')}] belongs to nothing that the adapter adapts`);
    else if (notFinite(tensor) !== null) problems.push(`${key} ${notFinite(tensor)}`);
  }
  if (problems.length === 0) return values;
  throw new AdapterFileError(
    isInferred
      ? `${where} does not fit its configuration:\n${listed(problems)}\nAre both files of one adapter?`
      : `${where} does not fit its configuration and the base model:\n${listed(problems)}\n` +
          'Is this the base model that it was trained on, and are both files of one adapter?',
  );
}

function wrong(tensor: FileTensor, shape: readonly number[]): string | null {
  if (tensor.shape.join() !== shape.join()) {
    return `has shape [${tensor.shape.join(', ')}]; expected [${shape.join(', ')}]`;
  }
  if (tensor.data.length !== sizeOf(shape)) return `has ${tensor.data.length} values; expected ${sizeOf(shape)}`;
  return notFinite(tensor);
}

function notFinite({ data }: FileTensor): string | null {
  const at = data.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? null : `has ${data[at]} at ${at}; expected finite numbers`;
}
