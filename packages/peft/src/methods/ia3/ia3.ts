import { ia3Composition } from './composition.ts';
import { moduleMatcher } from '../../targets.ts';
import type { Method } from '../method.ts';
import { ia3Form } from './peft.ts';
import { modulesSetting } from '../setting.ts';

/** (IA)³: rows of W and its bias, or columns in feed-forward modules, scaled; no update. Targets are HF PEFT's: keys, values and the way down. */
export const ia3: Method = {
  name: 'ia3',
  about: {
    title: '(IA)³',
    what: 'a scale of each output, or of each input',
    source: 'Liu et al., arXiv 2205.05638',
    page: 'docs/methods/ia3.md',
  },
  defaults: {
    label: 'ia3',
    name: 'ia3',
    rank: null,
    loraAlpha: null,
    targetModules: ['@key', '@value', '@down'],
    adapterDropout: 0,
    map: null,
    feedforwardModules: ['@down'],
  },
  needs: ['targetModules'],
  accepts: { feedforwardModules: modulesSetting },
  adapter({ feedforwardModules = [] }, modules) {
    const targets = typeof feedforwardModules === 'string' ? [feedforwardModules] : feedforwardModules;
    const matchers = targets.map((target) => {
      const matches = moduleMatcher(typeof feedforwardModules === 'string' ? target : [target], 'feedforwardModules');
      if (modules.some(({ path }) => matches(path))) return matches;
      throw new RangeError(
        `feedforwardModules ${JSON.stringify(target)} matches none of the ${modules.length} target modules, among them ` +
          `${modules
            .slice(0, 3)
            .map(({ path }) => path)
            .join(', ')}. It names some of targetModules.`,
      );
    });
    return { delta: null, composition: ia3Composition((path) => matchers.some((matches) => matches(path))) };
  },
  trainsBase: () => false,
  peft: ia3Form,
};
