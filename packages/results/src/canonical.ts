import canonicalize from 'canonicalize';

/**
 * The canonical JSON of a value (RFC 8785): keys sorted, no spaces, shortest round-trip numbers. Equal values give
 * equal strings whatever the order in which their keys were set.
 *
 * Throws a TypeError for what JSON cannot hold: undefined, a function, NaN, an infinity, a cycle.
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    throw new TypeError(`No canonical JSON: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
  if (text === undefined) throw new TypeError(`No canonical JSON: a value of type ${typeof value} is not JSON.`);
  return text;
}
