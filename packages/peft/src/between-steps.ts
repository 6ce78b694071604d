/** Where a trained tensor lies in the flat vector of all of them. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

/**
 * What a method does on the host between two optimizer steps: it may measure the gradient and change the parameters. The
 * step's graph knows nothing of it, since parameters are its inputs, and nothing is traced again.
 *
 * Its memory is a list of arrays, which `after` writes to and checkpoints hold, so that a resumed run goes on with the
 * same bits.
 */
export interface BetweenSteps {
  /** The memory before the first step. */
  fresh(): readonly Float32Array[];
  /** The parameters [P] to begin with. Absent: the given ones. */
  start?(params: Float32Array): Float32Array;
  /**
   * The parameters [P] to go on with after step t = 1, 2, ..., the given ones where nothing is changed. Moves the memory on.
   *
   * @param params after the optimizer's step
   * @param gradient as the optimizer saw it
   */
  after(memory: readonly Float32Array[], t: number, params: Float32Array, gradient: Float32Array): Float32Array;
  /** Whether the model is, after t steps, of the kind that was asked for: an epoch before that is scored, and not chosen. */
  settled(t: number): boolean;
}

/** A method's rule between steps, before it is known how long the run is and where the tensors lie. */
export interface BetweenStepsRule {
  /** Everything that tells it apart from other rules: part of what a checkpoint must be of. */
  readonly settings: object;
  /**
   * @param learningRates of each step of the run
   * @throws RangeError for a run that is too short for the rule.
   */
  bind(places: ReadonlyMap<string, Place>, learningRates: readonly number[]): BetweenSteps;
}
