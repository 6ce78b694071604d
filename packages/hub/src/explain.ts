/** Turns a failed request into what a user is told: what was wanted, from where and for where, why not, what to do. */
import { HubError, type HubErrorKind } from './error.ts';
import type { FailureKind, RequestFailure } from './failure.ts';
import { pageUrl, type Repository } from './listing.ts';
import { pinnedRevision } from './pinned.ts';
import { isCommit } from './repository.ts';
import type { HubSettings } from './settings.ts';

/** What was being fetched. */
export interface Purpose extends Repository {
  readonly revision: string;
  /** The first file that is needed. */
  readonly file: string;
  readonly url: string;
  /** Where it would be in the cache. */
  readonly cachePath: string;
}

const KINDS: Readonly<Record<FailureKind, HubErrorKind>> = {
  offline: 'offline',
  network: 'network',
  badToken: 'denied',
  unauthorized: 'denied',
  gated: 'denied',
  forbidden: 'denied',
  noRepository: 'missing',
  noRevision: 'missing',
  noFile: 'missing',
  server: 'server',
};

/** How to do without the hub. */
export function localCopy({ type }: Repository): string {
  return type === 'model'
    ? 'Or give a local copy: --model DIR, a folder with config.json, model.safetensors, tokenizer.json and tokenizer_config.json.'
    : "Or give a local copy: --data DIR, a folder with GLUE's own subfolders (RTE/train.tsv) or those of the hub (rte/train-00000-of-00001.parquet).";
}

export function explain(failure: RequestFailure, purpose: Purpose, settings: HubSettings): HubError {
  const { repository, revision, file, url, cachePath } = purpose;
  return new HubError(
    KINDS[failure.kind],
    `Cannot get ${file} of ${repository} at ${revision}: ${failure.message}${
      failure.url === url || failure.kind === 'offline' ? '' : ` (${failure.url})`
    }. ` +
      `Wanted ${url}, to be kept as ${cachePath}. ${remedy(failure.kind, purpose, settings)} ${localCopy(purpose)}`,
    { cause: failure },
  );
}

function remedy(kind: FailureKind, purpose: Purpose, { endpoint, token, tokenSource }: HubSettings): string {
  const { repository, file, revision, type } = purpose;
  const page = pageUrl(endpoint, purpose);
  const setToken =
    token === null
      ? `set HF_TOKEN to a token of an account that may read it (${endpoint}/settings/tokens)`
      : `see that the token (${tokenSource ?? 'given'}) is of an account that may read it`;
  switch (kind) {
    case 'offline':
      return 'Unset HF_HUB_OFFLINE to download it once; after that it is read from the cache.';
    case 'network':
      return `Check the network, or set HF_ENDPOINT to a mirror. The same command goes on where the transfer stopped.`;
    case 'badToken':
      return `The token (${tokenSource ?? 'given'}) is not accepted: make another at ${endpoint}/settings/tokens, or remove it for public files.`;
    case 'gated':
      return `It is gated: ask for access at ${page}, then ${setToken}.`;
    case 'unauthorized':
    case 'forbidden':
    case 'noRepository':
      return `There is no such repository, or it is private or gated: see ${page}. If it is, ${setToken}.`;
    case 'noRevision':
      return `Choose another revision with ${repository}@revision, for example ${repository}@main; ${page}/commits/main lists them.${
        pinnedRevision(type, repository)?.revision === revision
          ? ' (The commit was the default of this version of LoMAP.)'
          : ''
      }`;
    case 'noFile':
      return isCommit(revision)
        ? `See ${page}/tree/${revision} for its files; another revision may have ${file}: ${repository}@revision.`
        : `See ${page}/tree/main for its files.`;
    case 'server':
      return 'Try again later, or set HF_ENDPOINT to a mirror.';
  }
}
