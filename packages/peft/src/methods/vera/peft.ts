/** VeRA in HF PEFT, whose frozen projections are in the file. */
import type { ConfigOfModules, Evened, PeftForm } from '../../files/form.ts';
import { peftKey } from '../../files/names.ts';
import { layers, named, ranksIn, UNSCALED } from '../../files/ranked.ts';
import { AdapterFileError, type FileTensor } from '../../files/types.ts';
import type { LinearModule } from '../../types.ts';
import { veraProjection, type VeraProjection } from './delta.ts';

type Tensors = ReadonlyMap<string, FileTensor>;

/** The file's keys of the projections. */
const projectionKey: Readonly<Record<VeraProjection, string>> = {
  vera_A: 'base_model.vera_A',
  vera_B: 'base_model.vera_B',
};

export const veraForm: PeftForm = {
  type: 'VERA',
  prefix: 'vera_',
  keys: ['d_initial', 'projection_prng_key', 'save_projection', 'vera_dropout'],
  fields: (settings) => ({
    ...layers,
    bias: 'none',
    d_initial: settings.dInitial ?? 0.1,
    fan_in_fan_out: false,
    init_weights: true,
    projection_prng_key: settings.projectionPrngKey ?? 0,
    r: settings.rank,
    save_projection: true,
    vera_dropout: settings.adapterDropout,
  }),
  shared: Object.values(projectionKey),
  beside({ modules, settings: { rank, projectionPrngKey: seed = 0 } }) {
    const [rows, columns] = largest(modules);
    const of = (name: VeraProjection, shape: readonly [number, number]): [string, FileTensor] => [
      projectionKey[name],
      { shape, data: veraProjection(name, shape, seed) },
    ];
    return [of('vera_A', [rank!, columns]), of('vera_B', [rows, rank!])];
  },
  // The matrix's tensors do not say its inputs: it is taken for as wide as the projection.
  dimensions: {
    out: [[['vera_lambda_b', 0]]],
    in: (_, tensors) => tensors.get(projectionKey.vera_A)?.shape[1] ?? 1,
    axes: 1,
  },
  settings(config) {
    const { values } = config;
    const { ranks, rank } = ranksIn(config);
    const settings = named('vera', {
      rank,
      adapterDropout: values.dropout('vera_dropout'),
      projectionPrngKey: values.number('projection_prng_key', 0),
      dInitial: values.numberThat('d_initial', 0.1, 'a number other than 0', (value) => value !== 0),
    });
    return { settings, ranks, scalings: new Map(), scaling: UNSCALED };
  },
  restored: veraAdapter,
};

/**
 * VeRA with our projections is VeRA; with others (PyTorch's generator makes them) it is the LoRA of the same weights. The
 * projections are as large as the largest of all modules, those of the head among them.
 */
function veraAdapter({ settings, tensors }: Evened, { all, chosen }: ConfigOfModules, where: string): Evened {
  const rank = settings.rank!;
  const [rows, columns] = largest(all);
  const a = projection(tensors, 'vera_A', [rank, columns], where);
  const b = projection(tensors, 'vera_B', [rows, rank], where);
  const seed = settings.projectionPrngKey ?? 0;
  const ours = (saved: Float32Array, name: VeraProjection, shape: readonly [number, number]): boolean => {
    const values = veraProjection(name, shape, seed);
    return saved.every((value, i) => value === values[i]);
  };
  const isWhole = largest(chosen).join() === `${rows},${columns}`;
  if (isWhole && ours(a, 'vera_A', [rank, columns]) && ours(b, 'vera_B', [rows, rank])) {
    return { settings, tensors, notes: [] };
  }
  const plain = new Map(tensors);
  for (const { path, out, in: width } of chosen) {
    const [keyOfD, keyOfB] = [peftKey(path, 'vera_lambda_d'), peftKey(path, 'vera_lambda_b')];
    const d = vector(tensors, keyOfD, rank, where);
    const scale = vector(tensors, keyOfB, out, where);
    plain.delete(keyOfD);
    plain.delete(keyOfB);
    plain.set(peftKey(path, 'lora_A'), {
      shape: [rank, width],
      data: Float32Array.from({ length: rank * width }, (_, i) => a[Math.floor(i / width) * columns + (i % width)]!),
    });
    plain.set(peftKey(path, 'lora_B'), {
      shape: [out, rank],
      data: Float32Array.from({ length: out * rank }, (_, i) => b[i]! * scale[Math.floor(i / rank)]! * d[i % rank]!),
    });
  }
  return {
    settings: named('lora', { rank, loraAlpha: rank, adapterDropout: settings.adapterDropout }),
    tensors: plain,
    notes: [
      `VeRA's projections are PyTorch's, which cannot be made from a seed here: read as a LoRA of rank ${rank}, the same weights.`,
    ],
  };
}

/** The most outputs and the most inputs of these modules. */
function largest(modules: readonly LinearModule[]): [number, number] {
  return [Math.max(...modules.map(({ out }) => out)), Math.max(...modules.map((w) => w.in))];
}

function projection(
  tensors: Tensors,
  name: VeraProjection,
  shape: readonly [number, number],
  where: string,
): Float32Array {
  const saved = tensors.get(projectionKey[name]);
  if (!saved) {
    throw new AdapterFileError(
      `${where}: ${projectionKey[name]} is missing. PyTorch's generator made it, so it cannot be made here: save with save_projection=True.`,
    );
  }
  if (saved.shape.join() !== shape.join()) {
    throw new AdapterFileError(
      `${where}: ${projectionKey[name]} has shape [${saved.shape.join(', ')}]; expected [${shape.join(', ')}]. Is the adapter of another base model?`,
    );
  }
  return saved.data;
}

function vector(tensors: Tensors, key: string, size: number, where: string): Float32Array {
  const saved = tensors.get(key);
  if (saved?.shape.join() === `${size}`) return saved.data;
  const found = saved ? `has shape [${saved.shape.join(', ')}]` : 'is missing';
  throw new AdapterFileError(`${where}: ${key} ${found}; expected shape [${size}].`);
}
