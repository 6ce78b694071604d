import type { TrialSettings } from '@lomap/results';

/** What planning asks of the packages that know tasks and methods; tests pass a small one. */
export interface Registry {
  /** Canonical task names, such as `rte`. */
  readonly tasks: readonly string[];
  /** The canonical name of a task in any accepted spelling (`SST-2`); null when there is none. */
  canonicalTask(name: string): string | null;
  readonly methods: readonly string[];
  /** A method's default settings, labelled with its name. */
  methodDefaults(name: string): TrialSettings['method'];
  /** The settings that a method has and that its defaults may lack. */
  optionalSettings(name: string): readonly string[];
  /** Settings of methods that the schema of results does not document, by key: what each must be, and what it does. */
  readonly furtherSettings: ReadonlyMap<string, { readonly expected: string; readonly meaning: string }>;
  /** Throws an error that says what is wrong with a method's settings. */
  checkMethod(method: TrialSettings['method']): void;
  readonly devices: readonly string[];
  readonly optimizers: readonly string[];
}
