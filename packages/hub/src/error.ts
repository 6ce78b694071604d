/** What kind of thing went wrong, for callers that treat them apart. */
export type HubErrorKind =
  /** A name, revision or setting that cannot be. */
  | 'usage'
  /** HF_HUB_OFFLINE is set and the cache does not have the file. */
  | 'offline'
  /** The hub could not be reached, or did not answer in time. */
  | 'network'
  /** The hub asks for a token, or refuses the one it was given. */
  | 'denied'
  /** There is no such repository, revision or file. */
  | 'missing'
  /** Bytes are not those that were announced. */
  | 'damaged'
  /** The hub answered in a way that is not understood, or with an error of its own. */
  | 'server'
  /** The cache folder cannot be written. */
  | 'disk';

/**
 * A file could not be had from the Hugging Face hub. Its message is complete (what was wanted, from where and for where,
 * why not, what to do), so a command line shows it without a stack.
 */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly kind: HubErrorKind;
  constructor(kind: HubErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
