import { sizeOf, tf } from '@lomap/compile';
import type { Constants, Tensors } from '@lomap/map';
import { nameIn, type AdaptedMatrix } from './adapted-matrix.ts';
import type { Method } from './methods/method.ts';
import { plan, type Plan } from './plan.ts';
import type { MethodSettings } from './settings.ts';
import type { Adaptation, BaseModel, Context } from './types.ts';

/**
 * Binds a method to a base model: adapters on the target modules, the head (and, by method, tensors of the base) trained.
 *
 * The base model is never written to; its weights are read when values are asked for.
 *
 * @param method one of the caller's own, whose name the settings have; absent: the registry's of that name. `couple`
 *   makes one of an update and a way to join it.
 * @throws RangeError for settings that do not fit the method or the model, naming the key and the remedy.
 */
export function adapt(model: BaseModel, settings: MethodSettings, method?: Method): Adaptation {
  const planned = plan(model, settings, method);
  const { matrices, trained, specs, counts, betweenSteps, tryout, penalised } = planned;
  return {
    specs,
    counts,
    ...(betweenSteps && { betweenSteps }),
    ...(tryout && { tryout }),
    ...(matrices.some((matrix) => matrix.losesRanks) && {
      keptParameters: (params) => counts.adapter - lostParameters(planned, byName(planned, params)),
    }),
    ...(penalised && { penalty: (params) => penalty(planned, params) }),
    context(params, base) {
      return adaptedContext(
        planned,
        byName(planned, params, (param) => param.shape),
        base,
      );
    },
    merge: (params) => new Map(Array.from(merging(planned, params), ([name, values]) => [name, values()])),
    merging: (params) => merging(planned, params),
    unmerge() {
      const names = [...matrices.flatMap(mergedNames), ...trained.map(({ name }) => name)];
      return new Map(names.map((name) => [name, model.read(name)]));
    },
    summary(params) {
      const values = byName(planned, params);
      return matrices.map((matrix) => matrix.summary(ownOf(matrix, values)));
    },
  };
}

/** What the matrices add to the training loss. */
function penalty(planned: Plan, params: readonly tf.Tensor[]): tf.Scalar {
  const values = byName(planned, params, (param) => param.shape);
  const terms = planned.matrices.flatMap((matrix) => matrix.penalty(ownOf(matrix, values)) ?? []);
  return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
}

/** Parameters in ranks that training took away. */
function lostParameters({ matrices }: Plan, values: ReadonlyMap<string, Float32Array>): number {
  return matrices.reduce((sum, matrix) => sum + matrix.lostParameters(ownOf(matrix, values)), 0);
}

/** The names of a module's tensors that its adapter changes. */
function mergedNames({ module: { path }, changesBias }: AdaptedMatrix): string[] {
  return [`${path}.weight`, ...(changesBias ? [`${path}.bias`] : [])];
}

/** Every merged tensor by name: the matrices' first, then those that trained. */
function merging(planned: Plan, params: readonly Float32Array[]): Map<string, () => Float32Array> {
  const values = byName(planned, params);
  return new Map([
    ...planned.matrices.flatMap((matrix) => {
      const own = ownOf(matrix, values);
      const made = [() => matrix.merge(own), () => matrix.mergeBias(own)!];
      return mergedNames(matrix).map((name, i) => [name, made[i]!] as const);
    }),
    ...planned.trained.map(({ name }) => [name, () => values.get(name)!] as const),
  ]);
}

/** Tensors that the matrices of one context share. One disposed of with the computation it was made in is made again. */
function sharedConstants(): Constants {
  const tensors = new Map<string, tf.Tensor>();
  return {
    shared(name, make) {
      const known = tensors.get(name);
      if (known && !known.isDisposed) return known;
      const made = make();
      tensors.set(name, made);
      return made;
    },
  };
}

/** The model's context with these parameters in place of, or beside, the base's tensors. */
function adaptedContext({ matrices }: Plan, values: ReadonlyMap<string, tf.Tensor>, base: Context): Context {
  const adapted = new Map<string, { matrix: AdaptedMatrix; own: Tensors }>(
    matrices.map((matrix) => [matrix.module.path, { matrix, own: ownOf(matrix, values) }]),
  );
  const constants = sharedConstants();
  const uses = new Map<string, number>();
  const param = (path: string): tf.Tensor => values.get(path) ?? base.param(path);
  return {
    param,
    linear(path, x) {
      const found = adapted.get(path);
      if (found) {
        const use = uses.get(path) ?? 0;
        uses.set(path, use + 1);
        return found.matrix.apply(x, found.own, base, constants, use);
      }
      const weight = values.get(`${path}.weight`);
      const bias = values.get(`${path}.bias`);
      if (!weight && !bias) return base.linear(path, x);
      const product = tf.matMul(x, param(`${path}.weight`), false, true) as tf.Tensor2D;
      // A weight that trains has a trained bias or none: methods train a head's tensors, all tensors, or all biases.
      return bias ? tf.add(product, bias) : product;
    },
    dropout: (x, site, rate) => base.dropout(x, site, rate),
  };
}

/** A matrix's tensors, those it shares included, by local names. */
function ownOf<T>(matrix: AdaptedMatrix, values: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries(matrix.specs.map((spec) => [spec.name, values.get(nameIn(matrix.module, spec))!] as const));
}

/**
 * Parameters by their names.
 *
 * @param shapeOf the shape of a parameter that has one; without it only the number of values is compared.
 * @throws RangeError for too many or too few, or one that is not of its spec's shape.
 */
function byName<T extends { readonly size: number } | Float32Array>(
  { specs }: Plan,
  params: readonly T[],
  shapeOf?: (param: T) => readonly number[],
): Map<string, T> {
  if (params.length !== specs.length) {
    throw new RangeError(
      `${params.length} parameters were given; the adaptation has ${specs.length}, in the order of specs.`,
    );
  }
  return new Map(
    specs.map(({ name, shape }, i) => {
      const param = params[i]!;
      const size = 'size' in param ? param.size : param.length;
      const fits = shapeOf ? shapeOf(param).join() === shape.join() : size === sizeOf(shape);
      if (!fits) {
        const got = shapeOf ? `shape [${shapeOf(param).join(', ')}]` : `${size} values`;
        throw new RangeError(`Parameter ${i}, ${name}, has ${got}; expected shape [${shape.join(', ')}].`);
      }
      return [name, param];
    }),
  );
}
