/** Why a request failed, before anybody knows for which file it was. */

export type FailureKind =
  | 'offline'
  | 'network'
  | 'badToken'
  | 'unauthorized'
  | 'gated'
  | 'forbidden'
  | 'noRepository'
  | 'noRevision'
  | 'noFile'
  | 'server';

interface FailureDetails {
  readonly again?: boolean;
  readonly wait?: number;
  readonly status?: number | null;
  readonly cause?: unknown;
}

export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly kind: FailureKind;
  readonly url: string;
  /** Whether trying again may help. */
  readonly again: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly wait: number;
  /** The status of the answer; null if there was none. */
  readonly status: number | null;
  constructor(
    kind: FailureKind,
    url: string,
    reason: string,
    { again = false, wait = 0, status = null, cause }: FailureDetails = {},
  ) {
    super(reason, { cause });
    this.kind = kind;
    this.url = url;
    this.again = again;
    this.wait = wait;
    this.status = status;
  }
}

/** Codes of errors that trying again does not help. */
const FINAL = /^(ENOTFOUND|ERR_INVALID_URL|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const EXPLAINED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is not known (is there a network?)',
  EAI_AGAIN: 'its host name could not be looked up (is there a network?)',
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it cut the connection',
  EPIPE: 'it cut the connection',
  UND_ERR_SOCKET: 'it cut the connection',
  ENETUNREACH: 'there is no way to it (is there a network?)',
  EHOSTUNREACH: 'there is no way to it (is there a network?)',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending',
};

/** What fetch threw: no answer came, or not all of it. */
export function networkFailure(error: unknown, url: string): RequestFailure {
  const codes: string[] = [];
  let text = '';
  for (let at: unknown = error, depth = 0; at !== null && typeof at === 'object' && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
    if ('message' in at && typeof at.message === 'string') text = at.message;
    // Several addresses were tried: the first one's error stands for all.
    at =
      'errors' in at && Array.isArray(at.errors) && at.errors.length > 0
        ? (at.errors as unknown[])[0]
        : 'cause' in at
          ? at.cause
          : null;
  }
  const code = codes.find((candidate) => candidate in EXPLAINED) ?? codes[0];
  const { host } = new URL(url);
  const why = EXPLAINED[code ?? ''] ?? (text || String(error));
  return new RequestFailure('network', url, `${host} cannot be reached: ${why}${code ? ` (${code})` : ''}`, {
    again: !(code !== undefined && FINAL.test(code)),
    cause: error,
  });
}

/** What an answer that is no success says. The hub gives its reasons in headers. */
export function statusFailure(response: Response, url: string, withToken: boolean): RequestFailure {
  const { status, headers } = response;
  const code = headers.get('x-error-code');
  const said = headers
    .get('x-error-message')
    ?.replaceAll(/[^\x20-\x7e]/g, ' ')
    .slice(0, 300);
  const answer = `the answer was ${status}${said ? `: ${said}` : ''}`;
  const known: Record<string, FailureKind> = {
    RevisionNotFound: 'noRevision',
    EntryNotFound: 'noFile',
    GatedRepo: 'gated',
    RepoNotFound: 'noRepository',
  };
  const kind = known[code ?? ''];
  if (kind) return new RequestFailure(kind, url, answer, { status });
  if (status === 401) return new RequestFailure(withToken ? 'badToken' : 'unauthorized', url, answer, { status });
  if (status === 403) return new RequestFailure('forbidden', url, answer, { status });
  if (status === 404)
    return new RequestFailure(url.includes('/resolve/') ? 'noFile' : 'noRepository', url, answer, { status });
  const again = status === 408 || status === 429 || status >= 500;
  return new RequestFailure('server', url, answer, { status, again, wait: again ? retryAfter(headers) : 0 });
}

/** Retry-After in milliseconds: seconds, or a date. */
function retryAfter(headers: Headers): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return wait > 0 ? wait : 0;
}
