/** Where the hub and the cache are: huggingface_hub's environment variables, with its meanings and defaults. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { HubError } from './error.ts';

export interface HubSettings {
  /** Without a slash at its end. HF_ENDPOINT, by default https://huggingface.co */
  readonly endpoint: string;
  /** HF_HUB_CACHE, by default `hub` in HF_HOME, which is by default `huggingface` in XDG_CACHE_HOME or ~/.cache. */
  readonly cacheDirectory: string;
  /** HF_TOKEN, or the file HF_TOKEN_PATH (by default `token` in HF_HOME) that `hf auth login` writes. */
  readonly token: string | null;
  /** Where the token came from, for messages. */
  readonly tokenSource: string | null;
  /** HF_HUB_OFFLINE */
  readonly offline: boolean;
  /** Milliseconds to wait for an answer's headers. HF_HUB_ETAG_TIMEOUT, in seconds, by default 10. */
  readonly answerTimeout: number;
  /** Milliseconds to wait for the next bytes of a transfer. HF_HUB_DOWNLOAD_TIMEOUT, in seconds, by default 10. */
  readonly transferTimeout: number;
  /** How often a request is tried if the network or the server fails, and how long is waited in between. */
  readonly retries: Retries;
}

export interface Retries {
  /** Tries in a row that bring nothing of a file. */
  readonly attempts: number;
  /** Milliseconds before the second try; twice that before the third, and so on. */
  readonly firstDelay: number;
  /** The longest that is waited, also if the server asks for more (Retry-After); it is then an error. Milliseconds. */
  readonly longestDelay: number;
}

const RETRIES: Retries = { attempts: 5, firstDelay: 500, longestDelay: 60_000 };
const TRUE = new Set(['1', 'ON', 'YES', 'TRUE']);

/**
 * @param environment usually `process.env`.
 * @throws HubError naming a variable whose value cannot be used.
 */
export function hubSettings(environment: NodeJS.ProcessEnv = process.env): HubSettings {
  const get = (...names: string[]) => names.map((name) => environment[name]).find((value) => value);
  const path = (value: string) => resolve(expand(value, environment));
  const home = path(get('HF_HOME') ?? join(get('XDG_CACHE_HOME') ?? '~/.cache', 'huggingface'));
  const seconds = (name: string) => {
    const value = Number(get(name) ?? 10);
    return (value > 0 && value < 1e6 ? value : 10) * 1000;
  };
  return {
    endpoint: checkEndpoint(get('HF_ENDPOINT') ?? 'https://huggingface.co'),
    cacheDirectory: path(get('HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub')),
    ...findToken(environment, path(get('HF_TOKEN_PATH') ?? join(home, 'token'))),
    offline: TRUE.has((get('HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE') ?? '').toUpperCase()),
    answerTimeout: seconds('HF_HUB_ETAG_TIMEOUT'),
    transferTimeout: seconds('HF_HUB_DOWNLOAD_TIMEOUT'),
    retries: RETRIES,
  };
}

/** `~` and `$VARIABLE` at the places where Python's expanduser and expandvars find them. */
function expand(value: string, environment: NodeJS.ProcessEnv): string {
  const home = environment['HOME'] ?? homedir();
  return value
    .replace(/^~(?=$|[/\\])/, () => home)
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced: string | undefined, plain: string | undefined) => {
      return environment[braced ?? plain ?? ''] ?? (all as string);
    });
}

function checkEndpoint(text: string): string {
  const endpoint = text.replace(/\/+$/, '');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new HubError('usage', `HF_ENDPOINT is "${text}". Expected an address such as https://huggingface.co.`);
  }
  return endpoint;
}

function findToken(environment: NodeJS.ProcessEnv, file: string): Pick<HubSettings, 'token' | 'tokenSource'> {
  const none = { token: null, tokenSource: null };
  if (TRUE.has((environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'] ?? '').toUpperCase())) return none;
  const name = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'].find((candidate) => environment[candidate]?.trim());
  const tokenSource = name ?? file;
  const token = name === undefined ? readToken(file) : environment[name]!.trim();
  if (token === '') return none;
  // It becomes part of a header. The message does not repeat it.
  if (!/^[\x21-\x7e]{1,1000}$/.test(token)) {
    throw new HubError('usage', `${tokenSource} holds no token: expected one line of letters and digits (hf_...).`);
  }
  return { token, tokenSource };
}

/** The token in a file; none if there is no file. */
function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
