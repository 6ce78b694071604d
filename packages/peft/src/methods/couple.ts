/** Methods with an update are an update joined to W in one of a few ways: any with any, by one function. */
import type { Composition, DeltaFamily, MapSettings, MatrixShape, Weight } from '@lomap/map';
import type { BetweenStepsRule } from '../between-steps.ts';
import type { MethodSettings } from '../settings.ts';
import type { Tryout } from '../tryout.ts';
import type { Method, MethodAbout, NeededSetting } from './method.ts';
import type { SettingRules } from './setting.ts';

/** A way to parametrise Δ, as the registry knows it. */
export interface UpdateKind {
  readonly name: string;
  readonly defaults: Omit<MethodSettings, 'label' | 'name' | 'map'>;
  readonly needs: readonly NeededSetting[];
  readonly accepts?: SettingRules;
  family(options: {
    readonly settings: MethodSettings;
    /** Δ = 0, or random factors. */
    readonly start: 'zero' | 'random';
    /** Whether the composition divides Δ by its norm, so that Δ's size has no effect. */
    readonly normalised: boolean;
    readonly modules: readonly MatrixShape[];
  }): DeltaFamily;
  /** s of W + sΔ. */
  scaling(settings: MethodSettings): number;
  /** Why these settings do not go together; null where they do. @default always null */
  refuses?(settings: MethodSettings): string | null;
  /** What it does between steps. Absent: nothing. */
  betweenSteps?(settings: MethodSettings, weights: readonly Weight[]): BetweenStepsRule | null;
  /** Settings that only set Δ's size. */
  readonly sizes: readonly (keyof MethodSettings)[];
}

/** What the scaling s is made of. */
const SCALINGS: readonly (keyof MethodSettings)[] = ['loraAlpha', 'useRslora'];

/** A way to join Δ and W. */
export interface Join {
  /** Its part of a coupling's words: `title + update`, `the update of ... what`. Absent: it makes no couplings. */
  readonly about?: Pick<MethodAbout, 'title' | 'what' | 'source'>;
  readonly needs: readonly NeededSetting[];
  readonly map: MapSettings | null;
  start(settings: MethodSettings): 'zero' | 'random';
  normalises(settings: MethodSettings): boolean;
  /** Why the update's scaling has no effect though nothing is normalised; null where it has. @default always null */
  ignoresScaling?(settings: MethodSettings): string | null;
  composition(settings: MethodSettings, scaling: number): Composition;
  /** Whether the update's scaling has an effect though its norm is divided by. @default never */
  readsScaling?(settings: MethodSettings): boolean;
  /** What it does between steps, with an update that does nothing then. Absent: nothing. */
  betweenSteps?(settings: MethodSettings, scaling: number, weights: readonly Weight[]): BetweenStepsRule | null;
  /** Starts that a run tries before it begins. Absent: none. */
  tryout?(settings: MethodSettings, weights: readonly Weight[]): Tryout | null;
  /** Why an update of that name and these settings do not go together; null where they do. @default always null */
  refuses?(settings: MethodSettings, update: string): string | null;
}

/**
 * The method of an update and a join, under a name of the registry.
 *
 * @param own what is this method's alone
 */
export function couple(name: string, join: Join, update: UpdateKind, own: Pick<Method, 'about' | 'peft'> = {}): Method {
  return {
    ...own,
    name,
    defaults: { ...update.defaults, label: name, name, map: join.map },
    needs: [...update.needs, ...join.needs],
    accepts: update.accepts ?? {},
    adapter: (settings, modules) => ({
      delta: update.family({
        settings,
        modules,
        start: join.start(settings),
        normalised: join.normalises(settings),
      }),
      composition: join.composition(settings, update.scaling(settings)),
    }),
    refuses: (settings) => update.refuses?.(settings) ?? join.refuses?.(settings, update.name) ?? null,
    betweenSteps(settings, weights) {
      const rules = [
        update.betweenSteps?.(settings, weights) ?? null,
        join.betweenSteps?.(settings, update.scaling(settings), weights) ?? null,
      ].filter((rule) => rule !== null);
      if (rules.length > 1)
        throw new RangeError(`Method ${name}: its update and ${settings.name} both act between steps.`);
      return rules[0] ?? null;
    },
    tryout: (settings, weights) => join.tryout?.(settings, weights) ?? null,
    scaling: (settings) =>
      join.normalises(settings) || (join.ignoresScaling?.(settings) ?? null) !== null ? null : update.scaling(settings),
    voids(settings) {
      const sizes = update.sizes.filter((key) => (settings[key] ?? false) !== false);
      if (!join.normalises(settings)) {
        const why = join.ignoresScaling?.(settings) ?? null;
        if (why === null) return [];
        return sizes.filter((key) => SCALINGS.includes(key)).map((key) => `${key} has no effect, since ${why}.`);
      }
      const cancelled = join.readsScaling?.(settings) ? sizes.filter((key) => !SCALINGS.includes(key)) : sizes;
      const sentences = cancelled.map((key) => `${key} has no effect, since the update is divided by its norm.`);
      if (settings.loraPlusRatio !== undefined && join.start(settings) === 'zero') {
        sentences.push(
          'loraPlusRatio acts through gradient clipping alone: from B = 0 it sets only the size of B, which the norm cancels.',
        );
      }
      return sentences;
    },
    trainsBase: () => false,
  };
}
