/** Adapters of the tiny model and their files. For specs only. */
import { key, normal, sizeOf } from '@lomap/compile';
import { adapt } from '../adapt.ts';
import type { AdapterFiles, LomapBlock } from '../files/types.ts';
import { methodDefaults } from '../registry.ts';
import { withModuleNames } from '../roles.ts';
import type { MethodSettings } from '../settings.ts';
import { tinyModel } from './tiny-model.ts';

const base = { name: 'tiny', type: 'bert', sha256: 'ab'.repeat(32) };
/** Names of the files, for messages. */
export const paths = { configPath: 'adapter_config.json', tensorsPath: 'adapter_model.safetensors' };

/** A method's settings for the tiny model, and values near its start that none of it promises. */
export function trained(name: string, changes: Partial<MethodSettings> = {}) {
  const defaults = methodDefaults(name);
  const targets = { targetModules: ['query', 'output.dense'], ...(defaults.rank !== null && { rank: 2 }) };
  const own = { ...defaults, ...(defaults.targetModules !== null && targets), ...changes };
  const settings: MethodSettings = withModuleNames(own, tinyModel.roles);
  const { specs } = adapt(tinyModel, settings);
  const params = specs.map((spec) => {
    const noise = normal(key(4, spec.name), sizeOf(spec.shape), 0, 0.3);
    return spec.init(key(2)).map((value, i) => value + noise[i]!);
  });
  return { model: tinyModel, settings, params, base };
}

/** The block of files that have one. */
export const blockOf = ({ config }: AdapterFiles): LomapBlock => config['lomap'] as LomapBlock;
/** What HF PEFT sees of the files. */
export const withoutBlock = ({ config, tensors }: AdapterFiles): AdapterFiles => {
  const { lomap: _, ...rest } = config;
  return { config: rest, tensors: new Map([...tensors].filter(([name]) => !name.startsWith('lomap.'))) };
};

/** The largest difference of merged weights. */
export function difference(
  a: ReturnType<typeof trained>,
  b: { settings: MethodSettings; params: Float32Array[] },
): number {
  const [x, y] = [a, b].map(({ settings, params }) => adapt(tinyModel, settings).merge(params));
  const of = (name: string, from: ReadonlyMap<string, Float32Array>): Float32Array =>
    from.get(name) ?? tinyModel.read(name);
  let worst = 0;
  for (const name of new Set([...x!.keys(), ...y!.keys()])) {
    of(name, x!).forEach((value, i) => (worst = Math.max(worst, Math.abs(value - of(name, y!)[i]!))));
  }
  return worst;
}
