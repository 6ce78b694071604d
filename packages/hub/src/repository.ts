/** Names on the hub: what they look like, and how they are told from paths. */
import { existsSync } from 'node:fs';
import { HubError } from './error.ts';

export type RepositoryType = 'model' | 'dataset';

/** A repository's name, and the revision asked for. */
export interface RepositoryName {
  /** `org/name` */
  readonly repository: string;
  /** A branch, a tag or a commit; null if none was given. */
  readonly revision: string | null;
}

/** Short names of data sets. */
const ALIASES: Readonly<Record<string, string>> = { glue: 'nyu-mll/glue' };

// As huggingface_hub's validate_repo_id, but with an organisation: letters, digits, "-", "_", "."; "-" and "." not at an end.
const PART = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?$/;
const REVISION = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a revision is a whole commit hash, which can never mean other bytes. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

function isRepository(text: string): boolean {
  const parts = text.split('/');
  return (
    parts.length === 2 &&
    parts.every((part) => PART.test(part)) &&
    !text.includes('--') &&
    !text.includes('..') &&
    !text.endsWith('.git')
  );
}

function isRevision(text: string): boolean {
  return text.length <= 200 && REVISION.test(text) && !text.includes('..') && !/\.lock(\/|$)/.test(text);
}

/** `org/name@revision` as its parts, the revision null if there is none; null if the text cannot be a name. */
function split(text: string): RepositoryName | null {
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? null : text.slice(at + 1);
  const repository = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name;
  return isRepository(repository) && (revision === null || isRevision(revision)) ? { repository, revision } : null;
}

/**
 * Reads `org/name` or `org/name@revision`; `glue` stands for `nyu-mll/glue`.
 *
 * @throws HubError if it cannot be a name on the hub.
 */
export function parseRepository(text: string): RepositoryName {
  const parsed = split(text);
  if (parsed) return parsed;
  throw new HubError(
    'usage',
    `"${text}" is no name on the Hugging Face hub. Expected org/name or org/name@revision: letters, digits, "-", "_" and ` +
      `"." (google-bert/bert-base-uncased@main). A folder is written with ./ or / in front.`,
  );
}

/**
 * Whether an argument names a repository on the hub and not a folder or file of this machine. What exists here wins, and so
 * does everything that is written like a path: `./x`, `../x`, `/x`, `~/x`, `C:\x`, `x/`, `a/b/c`.
 */
export function looksLikeRepository(text: string): boolean {
  return split(text) !== null && !existsSync(text);
}

/** @throws HubError if it cannot be the name of a revision. */
export function checkRevision(repository: string, revision: string): void {
  if (isRevision(revision)) return;
  throw new HubError(
    'usage',
    `"${revision}" is no revision of ${repository}. Expected a branch, a tag or a commit, such as main.`,
  );
}

/**
 * Whether a file's name is safe to be joined to a folder: relative, no `..`, no empty part, and only characters that mean
 * the same on every system. Names come from the server and are checked before they touch the disk.
 */
export function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return (
    path.length <= 500 &&
    parts.every((part) => /^[A-Za-z0-9_.+=@-](?:[A-Za-z0-9_.+=@ -]{0,198}[A-Za-z0-9_+=@-])?$/.test(part)) &&
    !parts.some((part) => part === '.' || part === '..')
  );
}
