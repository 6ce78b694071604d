import type { MapSettings } from '../settings.ts';
import type { Weight } from '../types.ts';

/** A rule by name, with its constants: `{ "rule": "width", "c": 0.08 }`. */
export interface MagnitudesSettings {
  readonly rule: string;
  readonly [constant: string]: string | number;
}

/** A rule's constants by name. */
export type RuleConstants = Readonly<Record<string, number>>;

/** A constant of a rule: what it must be in words (`a finite number > 0`), and whether a value is that. */
export interface RuleConstant {
  readonly expected: string;
  readonly valid: (value: number) => boolean;
  /** What it sets, a phrase. */
  readonly meaning: string;
  /** Whether it may be left out. @default false */
  readonly optional?: boolean;
}

/** What a schedule of β may depend on besides the matrix: a run before its first step. */
export interface RuleRun {
  /** η of each step t = 1, ..., T. */
  readonly learningRates: readonly number[];
  /** Rank of Δ = BA; null for an update without one. */
  readonly rank: number | null;
  /** LoRA's s: loraAlpha/rank, or loraAlpha/√rank. */
  readonly scaling: number;
}

/**
 * A rule that sets α or β in place of MAP's published recipe (arXiv 2505.23094, whose future work names "automatic scaling
 * factors"). Each of its hooks is optional; what it has none for stays as the other settings say.
 */
export interface MagnitudeRule {
  readonly name: string;
  /** What it sets, a formula. */
  readonly what: string;
  readonly source: string;
  readonly constants: Readonly<Record<string, RuleConstant>>;
  /** Settings of MAP that the rule decides: they stay at their defaults, and others are refused. */
  readonly decides: readonly (keyof MapSettings)[];
  /** Why the other settings and these constants do not go together; none where they do. @default always none */
  refuses?(settings: MapSettings, constants: RuleConstants): string[];
  /** β₀, the Frobenius norm of the normalised update before the first step. */
  size?(w: Weight, constants: RuleConstants): number;
  /** β at step t = 1, ..., T: it is set before each step and does not train. */
  schedule?(w: Weight, constants: RuleConstants, run: RuleRun): (t: number) => number;
  /**
   * Values of β₀ that the run tries, each for some steps, to begin with the one whose training loss is lowest. Of the
   * parametrization `raw`.
   */
  tries?(constants: RuleConstants): {
    readonly steps: number;
    readonly sizes: readonly { readonly label: string; of(w: Weight): number }[];
  };
  /** Whether the schedule reads LoRA's scaling, which the norm otherwise cancels. @default false */
  readonly readsScaling?: boolean;
  /** α = α₀eᵃ and β = β₀eᵇ, with these peak learning rates of a and b whatever the adapter's is. */
  rates?(constants: RuleConstants): { readonly alpha: number; readonly beta: number };
  /** Whether α is the one with which ‖W*‖_F = ‖W‖_F, and does not train. @default false */
  readonly keepsNorm?: boolean;
}
