/**
 * Requests to the hub. fetch does most of it; what is here and not in @huggingface/hub (2.17.5), which passes requests to
 * fetch as they are: tries again, time limits, a token that goes to the hub's own host and nowhere else, and errors that
 * say what to do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '@lomap/files';
import { networkFailure, RequestFailure, statusFailure } from './failure.ts';
import type { HubSettings } from './settings.ts';

export interface Client {
  readonly settings: HubSettings;
  readonly signal: AbortSignal | undefined;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Returns the first answer that this accepts, a redirection among them, instead of following it. */
  readonly stopAt?: (response: Response) => boolean;
}

/** An answer, and how to end it while its body is being read. */
export interface Answer {
  readonly response: Response;
  readonly url: string;
  readonly abort: () => void;
}

const MAXIMUM_REDIRECTIONS = 8;
const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * One request, redirections followed. The token is sent to the endpoint's own origin only: files come from other hosts, and
 * their addresses carry their own signatures.
 *
 * @throws RequestFailure if there is no answer or one that is no success; the signal's reason if it is aborted.
 */
export async function request(client: Client, url: string, options: RequestOptions = {}): Promise<Answer> {
  const { settings, signal } = client;
  if (settings.offline) throw new RequestFailure('offline', url, 'HF_HUB_OFFLINE is set');
  const home = new URL(settings.endpoint).origin;
  for (let hops = 0; ; hops++) {
    signal?.throwIfAborted();
    const withToken = settings.token !== null && new URL(url).origin === home;
    const controller = new AbortController();
    const late = setTimeout(
      () => controller.abort(new DOMException('no answer', 'TimeoutError')),
      settings.answerTimeout,
    );
    let response: Response;
    try {
      response = await fetch(url, {
        method: options.method ?? 'GET',
        headers: {
          'user-agent': 'lomap',
          // Sizes and ranges are those of the file itself.
          'accept-encoding': 'identity',
          ...options.headers,
          ...(withToken && { authorization: `Bearer ${settings.token}` }),
        },
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (controller.signal.aborted) {
        const reason = `${new URL(url).host} did not answer within ${settings.answerTimeout / 1000} s`;
        throw new RequestFailure('network', url, reason, { again: true });
      }
      throw networkFailure(error, url);
    } finally {
      clearTimeout(late);
    }
    const abort = () => controller.abort();
    if (options.stopAt?.(response)) return { response, url, abort };
    if (!REDIRECTIONS.has(response.status)) {
      if (response.ok) return { response, url, abort };
      abort();
      throw statusFailure(response, url, withToken);
    }
    abort();
    const location = response.headers.get('location') ?? '';
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    const downgrade = next?.protocol === 'http:' && url.startsWith('https:');
    if (!next || !/^https?:$/.test(next.protocol) || downgrade || next.username || hops >= MAXIMUM_REDIRECTIONS) {
      const reason = `a redirection that is not followed, to "${location.slice(0, 200)}"`;
      throw new RequestFailure('server', url, hops >= MAXIMUM_REDIRECTIONS ? 'too many redirections' : reason);
    }
    url = next.href;
  }
}

/**
 * Does a thing again while it fails in a way that may pass, waiting longer each time.
 *
 * @param attempt throws RequestFailure. Its argument starts the count anew: some progress was made.
 */
export async function withRetries<T>(client: Client, attempt: (progress: () => void) => Promise<T>): Promise<T> {
  const { attempts, firstDelay, longestDelay } = client.settings.retries;
  let failures = 0;
  // A server that sends a byte and hangs up does not keep anybody for ever.
  for (let total = 1; ; total++) {
    const state = { progressed: false };
    try {
      return await attempt(() => (state.progressed = true));
    } catch (error) {
      if (!(error instanceof RequestFailure) || !error.again) throw error;
      failures = state.progressed ? 1 : failures + 1;
      if (failures >= attempts || total >= 20 * attempts) throw error;
      if (error.wait > longestDelay) {
        const reason = `${error.message}; it asks to come back in ${Math.ceil(error.wait / 1000)} s`;
        throw new RequestFailure(error.kind, error.url, reason, { cause: error });
      }
      const wait = Math.min(longestDelay, Math.max(error.wait, firstDelay * 2 ** (failures - 1)));
      await sleep(wait, undefined, client.signal && { signal: client.signal });
    }
  }
}

/** The most bytes of an answer that is held in memory: lists of files. */
const MAXIMUM_ANSWER_BYTES = 2 ** 25;

/**
 * `fetch` for @huggingface/hub: with tries, limits and the token, only to the endpoint's own host, and throwing for every
 * answer that is no success.
 */
export function hubFetch(client: Client): typeof fetch {
  const home = new URL(client.settings.endpoint).origin;
  return async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!URL.canParse(url) || new URL(url).origin !== home) {
      throw new RequestFailure(
        'server',
        client.settings.endpoint,
        `a list of files that goes on at "${url.slice(0, 200)}"`,
      );
    }
    return withRetries(client, async () => {
      const { response, abort } = await request(client, url, { headers: { accept: 'application/json' } });
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      await readBody(client, { response, url, abort }, async (chunk) => {
        bytes += chunk.length;
        if (bytes > MAXIMUM_ANSWER_BYTES)
          throw new RequestFailure('server', url, `an answer of more than ${MAXIMUM_ANSWER_BYTES} bytes`);
        chunks.push(chunk);
      });
      const body = Buffer.concat(chunks);
      parseJson(body, new URL(url).pathname); // Only to be checked: @huggingface/hub reads it again.
      return new Response(body, { status: response.status, headers: response.headers });
    });
  };
}

/**
 * Reads a body to its end, each chunk handled before the next is asked for.
 *
 * @throws RequestFailure if it ends early or nothing comes for the settings' time; what `handle` throws; the signal's reason.
 */
export async function readBody(
  { settings, signal }: Client,
  { response, url, abort }: Answer,
  handle: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  if (!response.body) return;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const state = { late: false };
  try {
    for (;;) {
      const timer = setTimeout(() => {
        state.late = true;
        abort();
      }, settings.transferTimeout);
      let part: Awaited<ReturnType<typeof reader.read>>;
      try {
        part = await reader.read();
      } catch (error) {
        signal?.throwIfAborted();
        if (!state.late) throw networkFailure(error, url);
        const reason = `${new URL(url).host} sent nothing for ${settings.transferTimeout / 1000} s`;
        throw new RequestFailure('network', url, reason, { again: true, cause: error });
      } finally {
        clearTimeout(timer);
      }
      if (part.done) return;
      await handle(part.value);
    }
  } finally {
    abort();
  }
}
