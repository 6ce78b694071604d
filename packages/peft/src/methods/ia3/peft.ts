/** (IA)³ in HF PEFT, whose feedforward_modules are written with target_modules, which they must be among. */
import type { PeftForm } from '../../files/form.ts';
import { matcher } from '../../files/modules.ts';
import { named, UNSCALED } from '../../files/ranked.ts';
import { moduleMatcher } from '../../targets.ts';
import { SCALES } from './composition.ts';

export const ia3Form: PeftForm = {
  type: 'IA3',
  prefix: 'ia3_',
  keys: ['feedforward_modules', 'init_ia3_weights'],
  fields: () => ({ fan_in_fan_out: false, init_ia3_weights: true }),
  modules(targets, paths, { feedforwardModules: inner = [] }) {
    const matches = moduleMatcher(inner, 'feedforwardModules');
    const asNamed = Array.isArray(inner) && inner.every((name) => targets.includes(name as string));
    const alike = asNamed && paths.every((path) => matches(path) === endsInOne(path, inner as readonly string[]));
    return alike
      ? { target_modules: targets, feedforward_modules: inner as readonly string[] }
      : { target_modules: paths, feedforward_modules: paths.filter(matches) };
  },
  // Its tensors do not say more than one side: the matrix is taken for a square.
  dimensions: { out: (own) => side(own.get(SCALES)), in: (own) => side(own.get(SCALES)), axes: 2 },
  settings: () => ({ settings: named('ia3', {}), ranks: new Map(), scalings: new Map(), scaling: UNSCALED }),
  paths(values, targetModules) {
    const inner = values.names('feedforward_modules');
    const isInner =
      typeof inner === 'string'
        ? matcher(inner, 'feedforward_modules', values.where)
        : (path: string) => endsInOne(path, inner);
    return { feedforwardModules: targetModules.filter(isInner) };
  },
};

/** PEFT's rule for feedforward_modules: the end of the path, dot or not. */
function endsInOne(path: string, names: readonly string[]): boolean {
  return names.some((name) => path.endsWith(name));
}

function side(scales: { readonly tensor: { readonly shape: readonly number[] } } | undefined): number {
  return Math.max(1, ...(scales?.tensor.shape ?? []));
}
