import { magnitudesProblems } from './rules/registry.ts';
import type { MagnitudesSettings } from './rules/rule.ts';
import type { Along } from './types.ts';

/** What is divided by its norm: the whole matrix, each row, each column, rows and then columns, or nothing. */
export type Scope = Along | 'both' | 'none';

/** Settings of W* = α W/(‖W‖ + ε) + β Δ/(‖Δ‖ + ε). The README has a line on each. */
export interface MapSettings {
  /** `paper`: B = 0, α₀ = ‖W‖, β₀ as `betaStart` says. `beta-zero`: β₀ = 0 with A and B random. */
  readonly start: 'paper' | 'beta-zero';
  /** Scope of W's norm. α has its shape: a scalar, [out], [in], or a pair of vectors for `both`. */
  readonly baseScope: Scope;
  /** Scope of Δ's norm. β has its shape. */
  readonly deltaScope: Scope;
  readonly alpha: 'learned' | 'frozen';
  readonly beta: 'learned' | 'frozen';
  /** What is learned: α and β themselves; a and b of α = ‖W‖(1 + a), β = ‖W‖_F b; or their logarithms. */
  readonly parametrization: 'raw' | 'relative' | 'log';
  /** Frobenius norm of the normalised update at the start, as a number or as a share of ‖W‖_F. */
  readonly betaStart: { readonly absolute: number } | { readonly share: number };
  /** Factor on the learning rate of α and β. */
  readonly scalarLearningRateMultiplier: number;
  readonly epsilon: number;
  /** Denominator ‖·‖ + ε, or max(‖·‖, ε). */
  readonly epsilonMode: 'add' | 'clamp';
  /** Whether the denominators are constants in the backward pass. */
  readonly detachNorm: boolean;
  /** A rule that sets α or β, with its constants. Absent: the published recipe. */
  readonly magnitudes?: MagnitudesSettings | undefined;
}

/** The published recipe (arXiv 2505.23094). It needs gradient clipping: the first gradient of B is β₀/ε times LoRA's. */
export const defaultMapSettings: MapSettings = {
  start: 'paper',
  baseScope: 'global',
  deltaScope: 'global',
  alpha: 'learned',
  beta: 'learned',
  parametrization: 'raw',
  betaStart: { absolute: 1 },
  scalarLearningRateMultiplier: 1,
  epsilon: 1e-6,
  epsilonMode: 'add',
  detachNorm: false,
};

/** Below this ε the first gradient at B = 0, β₀/ε times LoRA's, leaves float32's range in a few products. */
const SMALLEST_EPSILON_AT_ZERO = 1e-12;

/**
 * Refuses settings that cannot mean what they say, all reasons at once.
 *
 * @throws RangeError naming each setting, why it is refused and what to choose instead.
 */
export function checkMapSettings(settings: MapSettings): void {
  const reasons = [
    ...numberProblems(settings),
    ...startProblems(settings),
    ...magnitudesProblems(settings, defaultMapSettings),
  ];
  if (reasons.length > 0) throw new RangeError(`MAP settings refused:\n${reasons.map((r) => `- ${r}`).join('\n')}`);
}

function numberProblems({ epsilon, scalarLearningRateMultiplier, betaStart }: MapSettings): string[] {
  const problems: string[] = [];
  if (!(epsilon >= 0 && Number.isFinite(epsilon))) problems.push(`epsilon is a finite number ≥ 0, not ${epsilon}.`);
  if (!(scalarLearningRateMultiplier > 0 && Number.isFinite(scalarLearningRateMultiplier))) {
    problems.push(
      `scalarLearningRateMultiplier is a finite number > 0, not ${scalarLearningRateMultiplier}; to hold α or β still, freeze it.`,
    );
  }
  const size = 'share' in betaStart ? betaStart.share : betaStart.absolute;
  if (!Number.isFinite(size)) problems.push(`betaStart is a finite number, not ${size}.`);
  return problems;
}

function startProblems(settings: MapSettings): string[] {
  const { start, deltaScope, beta, parametrization, betaStart, epsilon } = settings;
  const problems: string[] = [];
  const size = 'share' in betaStart ? betaStart.share : betaStart.absolute;
  const standard = 'absolute' in betaStart && betaStart.absolute === 1;
  if (deltaScope === 'none' && !standard) {
    problems.push(
      start === 'beta-zero'
        ? 'betaStart has no meaning with deltaScope none and start beta-zero, where β starts at 0; leave it at { "absolute": 1 }.'
        : 'betaStart has no meaning with deltaScope none, where β starts at loraAlpha/rank; leave it at { "absolute": 1 } and choose loraAlpha.',
    );
  }
  if (start === 'beta-zero') {
    if (!standard && size !== 0) {
      problems.push('betaStart contradicts start beta-zero, where β starts at 0; leave it at { "absolute": 1 }.');
    }
    if (parametrization === 'log') problems.push('parametrization log cannot start at β = 0; choose raw or relative.');
    if (beta === 'frozen') problems.push('beta frozen at 0 (start beta-zero) never applies the update; learn it.');
    return problems;
  }
  if (deltaScope === 'none') return problems;
  if (size === 0) {
    problems.push('betaStart 0 with start paper has B = 0 and β = 0, where every gradient vanishes; choose beta-zero.');
  }
  if (size < 0 && parametrization === 'log') problems.push('parametrization log needs betaStart > 0.');
  if (epsilon < SMALLEST_EPSILON_AT_ZERO) {
    problems.push(
      `epsilon ${epsilon} with start paper divides by ‖Δ‖ + ε at Δ = 0; choose at least ${SMALLEST_EPSILON_AT_ZERO}, or start beta-zero.`,
    );
  }
  return problems;
}
