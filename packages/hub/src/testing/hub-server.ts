/**
 * A small Hugging Face hub on loopback, for tests: the routes, headers and answers that huggingface.co gives to
 * huggingface_hub, and a second host that the bytes of large files come from. Faults are put in a queue.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRepository {
  readonly commit: string;
  /** Other names of the commit. */
  readonly branches: readonly string[];
  readonly files: Readonly<Record<string, Buffer | string>>;
  /** `private` is answered with 401 as if it were not there, `gated` with 403 for files, to who does not have the token. */
  readonly access?: 'public' | 'private' | 'gated';
}

/** What goes wrong with one request of a kind. */
export interface Fault {
  /** `api`: lists and commits. `head`, `resolve`: HEAD and GET of files at the hub. `cdn`: the other host. */
  readonly at: 'api' | 'head' | 'resolve' | 'cdn';
  /** Answers with this instead. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends so many bytes and cuts the connection. */
  readonly cutAfter?: number;
  /** Sends so many bytes, then nothing. */
  readonly stallAfter?: number;
  /** Sends the whole file whatever part was asked for. */
  readonly ignoreRange?: boolean;
  /** Sends other bytes of the same number. */
  readonly corrupt?: boolean;
  /** Answers with this body. */
  readonly body?: string;
}

export interface SeenRequest {
  readonly host: 'hub' | 'cdn';
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export interface HubServer {
  /** The endpoint. */
  readonly url: string;
  readonly token: string;
  /** By `models/org/name` or `datasets/org/name`. */
  readonly repositories: Map<string, ServedRepository>;
  readonly faults: Fault[];
  readonly requests: SeenRequest[];
  close(): Promise<void>;
}

export const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
export const gitHash = (bytes: Buffer) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Files that the hub would keep in LFS: their hash is SHA-256 and their bytes come from the other host. */
const isLarge = (path: string) => /\.(safetensors|parquet|bin)$/.test(path);

export async function startHubServer(): Promise<HubServer> {
  const repositories = new Map<string, ServedRepository>();
  const faults: Fault[] = [];
  const requests: SeenRequest[] = [];
  const token = 'hf_test';

  const see = (host: SeenRequest['host'], request: IncomingMessage) => {
    const { authorization, range } = request.headers;
    requests.push({ host, method: request.method!, path: request.url!, authorization, range });
  };
  const nextFault = (at: Fault['at']) => {
    const found = faults.findIndex((fault) => fault.at === at);
    return found < 0 ? undefined : faults.splice(found, 1)[0];
  };

  const cdn = createServer((request, response) => {
    see('cdn', request);
    const [, kind, org, name, ...path] = decodeURIComponent(request.url!.split('?')[0]!).split('/');
    const file = repositories.get(`${kind}/${org}/${name}`)?.files[path.join('/')];
    sendFile(request, response, Buffer.from(file ?? ''), { 'accept-ranges': 'bytes' }, nextFault('cdn'));
  });
  const cdnUrl = await listen(cdn);

  const hub = createServer((request, response) => {
    see('hub', request);
    const reply = route(request);
    if ('file' in reply) sendFile(request, response, reply.file, reply.headers, reply.fault);
    else answer(response, reply);
  });

  function route(request: IncomingMessage): Reply | FileReply {
    const path = decodeURIComponent(new URL(request.url!, 'http://hub').pathname);
    const authorized = request.headers.authorization === `Bearer ${token}`;
    if (request.headers.authorization && !authorized) {
      return { status: 401, headers: { 'x-error-message': 'Invalid credentials in Authorization header' } };
    }
    const api = /^\/api\/(models|datasets)\/([^/]+\/[^/]+)\/(revision|tree)\/(.+)$/.exec(path);
    const resolve = /^\/(datasets\/)?([^/]+\/[^/]+)\/resolve\/(.+)$/.exec(path);
    const key = api ? `${api[1]}/${api[2]}` : `${resolve?.[1] ? 'datasets' : 'models'}/${resolve?.[2]}`;
    const repository = repositories.get(key);
    const fault = nextFault(api ? 'api' : request.method === 'HEAD' ? 'head' : 'resolve');
    if (fault?.status !== undefined || fault?.body !== undefined) return { status: 200, ...fault };
    if (!repository || (repository.access === 'private' && !authorized)) {
      return { status: authorized ? 404 : 401, headers: { 'x-error-code': 'RepoNotFound' } };
    }
    const rest = (api ? api[4] : resolve?.[3]) ?? '';
    const revision = [repository.commit, ...repository.branches].find((at) => rest === at || rest.startsWith(`${at}/`));
    if (revision === undefined) return { status: 404, headers: { 'x-error-code': 'RevisionNotFound' } };
    const below = rest.slice(revision.length + 1);
    if (api?.[3] === 'revision') {
      return json({ _id: 'x', id: api[2], sha: repository.commit, lastModified: '2024-01-01T00:00:00Z' });
    }
    if (api) return tree(repository, below);
    if (repository.access === 'gated' && !authorized) return { status: 403, headers: { 'x-error-code': 'GatedRepo' } };
    const content = repository.files[below];
    const headers = { 'x-repo-commit': repository.commit };
    if (content === undefined) return { status: 404, headers: { ...headers, 'x-error-code': 'EntryNotFound' } };
    const bytes = Buffer.from(content);
    if (!isLarge(below)) return { file: bytes, headers: { ...headers, etag: `"${gitHash(bytes)}"` }, fault };
    return {
      status: 302,
      headers: {
        ...{ ...headers, 'x-linked-size': String(bytes.length), 'x-linked-etag': `"${sha256(bytes)}"` },
        ...fault?.headers,
        location: `${cdnUrl}/${key}/${below}?signature=1`,
      },
    };
  }
  const url = await listen(hub);
  return {
    ...{ url, token, repositories, faults, requests },
    close: async () => {
      for (const server of [hub, cdn]) {
        const closed = new Promise<void>((done) => {
          server.close(() => done());
        });
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface FileReply {
  readonly file: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly fault: Fault | undefined;
}

const json = (value: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

function tree({ files }: ServedRepository, folder: string): Reply {
  const inFolder = Object.entries(files).filter(([path]) => path.split('/').slice(0, -1).join('/') === folder);
  if (folder !== '' && inFolder.length === 0) return { status: 404, headers: { 'x-error-code': 'EntryNotFound' } };
  const below = Object.keys(files).filter((path) => folder === '' && path.includes('/'));
  return json([
    ...[...new Set(below.map((path) => path.split('/')[0]!))].map((path) => ({
      ...{ type: 'directory', oid: '0'.repeat(40), size: 0, path },
    })),
    ...inFolder.map(([path, content]) => {
      const bytes = Buffer.from(content);
      const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 134 };
      return { type: 'file', oid: gitHash(bytes), size: bytes.length, path, ...(isLarge(path) && { lfs }) };
    }),
  ]);
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer,
  headers: Readonly<Record<string, string>>,
  fault: Fault | undefined,
): void {
  if (fault?.status !== undefined) {
    answer(response, { status: fault.status, ...fault });
    return;
  }
  const range = fault?.ignoreRange ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  if (range && from >= file.length) {
    answer(response, { status: 416, headers: { 'content-range': `bytes */${file.length}` } });
    return;
  }
  let body = file.subarray(from);
  if (fault?.corrupt) body = Buffer.from(body.map((byte) => byte ^ 1));
  response.writeHead(range ? 206 : 200, {
    ...headers,
    ...fault?.headers,
    'content-length': body.length,
    ...(range && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
  });
  const part = fault?.cutAfter ?? fault?.stallAfter;
  if (request.method === 'HEAD' || part === undefined) {
    response.end(body);
    return;
  }
  // The bytes are on their way before the connection is cut.
  response.write(body.subarray(0, part), () => {
    if (fault?.cutAfter !== undefined) setTimeout(() => response.destroy(), 20);
  });
}

function answer(response: ServerResponse, { status, headers = {}, body = '' }: Reply): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
