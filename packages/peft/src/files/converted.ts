/** Updates of low rank as HF PEFT's LoRA or DoRA: another parametrisation of the same weights. */
import { denseNorms, denseProduct, denseSum, type RowScales, type Weight } from '@lomap/map';
import { loraFields } from '../methods/lora/peft.ts';
import type { AdapterMethod } from '../methods/method.ts';
import type { MethodSettings } from '../settings.ts';
import { hostValues, type BoundAdapter } from './bound.ts';
import { directForm } from './forms.ts';
import { peftKey } from './names.ts';
import { NotExactError, type FileTensor } from './types.ts';
import { hostWeight } from './weights.ts';

/** A method's tensors in PEFT's names, and the keys of adapter_config.json that go with them. */
export interface PeftView {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, FileTensor>;
}

/** One matrix as W* = diag(base) W + diag(update) BA. */
interface Rows extends RowScales {
  readonly w: Weight;
  readonly rank: number;
  readonly a: Float32Array;
  readonly b: ArrayLike<number>;
}

const MERGED = 'Export it with --format merged.';

/**
 * A LoRA adapter of scaling 1, exact where W itself stays: base = 1 to float32's precision, as it then is in training
 * too. B' = diag(update) B.
 *
 * @throws NotExactError where W is scaled, or the update is none of low rank.
 */
export function asLora(bound: BoundAdapter): PeftView {
  return view(bound, false, ({ w, base, update, rank, a, b }) => {
    const changed = base.findIndex((value) => Math.fround(value) !== 1);
    if (changed >= 0) throw new NotExactError(scaledWeight(bound.settings, w.path, base, changed));
    return { lora_A: a, lora_B: scaledRows(b, rank, update) };
  });
}

/** Why an adapter that multiplies W is no plain LoRA, and what is. */
function scaledWeight({ map }: MethodSettings, path: string, base: Float64Array, changed: number): string {
  const factor = `${path}: W is multiplied by ${base[changed]}`;
  const hasDora = base.every((value) => Math.abs(value) > 0);
  if (hasDora && map?.alpha === 'frozen' && map.epsilonMode === 'add') {
    return (
      `${factor}: epsilonMode add divides α, frozen at ‖W‖, by ‖W‖ + ε, and no plain LoRA multiplies W. ` +
      'Train it with epsilonMode clamp; or export this one with --format peft, as DoRA, or merged.'
    );
  }
  return (
    `${factor}, which no plain LoRA does (a multiple of W has full rank). Exact are methods that only add to W, and MAP ` +
    `with α frozen and epsilonMode clamp. ${hasDora ? 'Export it with --format peft, as DoRA, or merged.' : MERGED}`
  );
}

/**
 * A DoRA adapter of scaling 1: W* = c(W + B'A) with B' = diag(update/base) B, so that row o of W* is
 * m_o (W + B'A)_o/‖(W + B'A)_o‖ with m_o = base_o ‖(W + B'A)_o‖. Exact in inference; training goes on with other
 * parameters.
 *
 * @throws NotExactError for a row that W enters with factor 0 or that is 0, by whose norm PEFT divides.
 */
export function asDora(bound: BoundAdapter): PeftView {
  return view(bound, true, ({ w, base, update, rank, a, b }) => {
    const none = base.findIndex((value) => !(Math.abs(value) > 0));
    if (none >= 0) {
      throw new NotExactError(`${w.path}: row ${none} of W has factor 0 (α = 0), which DoRA cannot say. ${MERGED}`);
    }
    const factors = scaledRows(
      b,
      rank,
      update.map((value, o) => value / base[o]!),
    );
    const norms = denseNorms(w, denseSum(w.values(), denseProduct(w, a, factors, rank)), 'row');
    const zero = norms.findIndex((norm) => !(norm > 0));
    if (zero >= 0) {
      throw new NotExactError(
        `${w.path}: row ${zero} of the adapted weight is all zero, and PEFT's DoRA divides by its norm. ${MERGED}`,
      );
    }
    return {
      lora_A: a,
      lora_B: factors,
      lora_magnitude_vector: Float32Array.from(norms, (norm, o) => norm * base[o]!),
    };
  });
}

function view(
  bound: BoundAdapter,
  useDora: boolean,
  convert: (rows: Rows) => Readonly<Record<string, Float32Array>>,
): PeftView {
  const { modules, settings } = bound;
  checkForm(settings, bound.adapter);
  const tensors = new Map<string, FileTensor>();
  let rank = 0;
  for (const { path } of modules) {
    const rows = rowsOf(bound, path);
    rank = rows.rank;
    const shapes: Readonly<Record<string, readonly number[]>> = {
      lora_A: [rank, rows.w.in],
      lora_B: [rows.w.out, rank],
      lora_magnitude_vector: [rows.w.out],
    };
    for (const [local, data] of Object.entries(convert(rows))) {
      if (data.some((value) => !Number.isFinite(value))) {
        throw new NotExactError(`${path}.${local} leaves float32's range in this form. ${MERGED}`);
      }
      tensors.set(peftKey(path, local), { shape: shapes[local]!, data });
    }
  }
  const fields = loraFields({
    rank,
    loraAlpha: rank,
    dropout: settings.adapterDropout,
    useRslora: false,
    useDora,
  });
  return { type: 'LORA', fields, tensors };
}

/**
 * What a method's form alone says, whatever its values are.
 *
 * @throws NotExactError where it is no update of low rank, or not joined to W by rows, with the reason.
 */
export function checkForm(settings: MethodSettings, adapter: AdapterMethod | null): void {
  if (!adapter?.delta) return refuse(settings, 'it adds no update to the modules');
  const { composition, delta } = adapter;
  if (!delta.factors) return refuse(settings, `its update ${delta.name} is no product of two factors`);
  if (!composition.rowScales) return refuse(settings, `its composition ${composition.name} is no scaling of rows`);
}

/** @throws NotExactError where these values are not of this form, with the reason. */
function rowsOf(bound: BoundAdapter, path: string): Rows {
  const { adapter, modules, model, settings } = bound;
  const delta = adapter!.delta!;
  const w = hostWeight(
    model,
    modules.find((module) => module.path === path)!,
  );
  const own = hostValues(bound, path);
  const scales = adapter!.composition.rowScales!(w, delta.dense(w, own), own);
  if (typeof scales === 'string') return refuse(settings, scales);
  const { rank, a, b } = delta.factors!(w, own);
  return { w, rank, a: Float32Array.from(a), b, ...scales };
}

function refuse(settings: MethodSettings, why: string): never {
  // What has a type of its own is asked for here as a plain LoRA alone.
  const form = directForm(settings);
  const end = form
    ? `so no plain LoRA is equal to it. Export it with --format peft, as ${form.type}, or merged.`
    : `so HF PEFT has no such adapter. ${MERGED}`;
  throw new NotExactError(`Method ${settings.name}: ${why}, ${end}`);
}

/** diag(s) B of B [out, rank], rounded once. */
function scaledRows(b: ArrayLike<number>, rank: number, by: Float64Array): Float32Array {
  return Float32Array.from({ length: b.length }, (_, k) => b[k]! * by[Math.floor(k / rank)]!);
}
