/** What produced the numbers: the same for every trial of a run of the sweep. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, type, release, arch } from 'node:os';
import { join, relative } from 'node:path';
import type { RunProvenance } from '../worker/messages.ts';

const recorded = ['onnxruntime-node', '@tensorflow/tfjs', '@huggingface/tokenizers', 'pure-rand'];

function output(command: string, args: readonly string[], cwd: string): string | null {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trimEnd();
  } catch {
    return null;
  }
}

/**
 * The commit of the workspace, and whether its files differ from it: results, runs and the sweep's own output apart,
 * which a run itself makes. Null outside git.
 */
export function workingTree(workspace: string, out: string): Pick<RunProvenance, 'commit' | 'dirty'> {
  const commit = output('git', ['rev-parse', 'HEAD'], workspace);
  const inside = relative(workspace, out);
  const ignored = ['results', 'runs', ...(inside === '' || inside.startsWith('..') ? [] : [inside])];
  const status = output(
    'git',
    ['status', '--porcelain', '--', '.', ...ignored.map((path) => `:(exclude)${path}`)],
    workspace,
  );
  return { commit, dirty: status === null ? null : status !== '' };
}

/** The part that another machine has otherwise. */
export function thisMachine(): Pick<RunProvenance, 'os' | 'processor'> {
  return { os: `${type()} ${release()} ${arch()}`, processor: cpus()[0]?.model ?? 'unknown' };
}

function versionOf(workspace: string, name: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(workspace, 'node_modules', name, 'package.json'), 'utf8'));
    return manifest !== null && typeof manifest === 'object' && 'version' in manifest ? String(manifest.version) : null;
  } catch {
    return null;
  }
}

/** Collected once when a sweep starts. `out` is the folder that its results go to. */
export function collectProvenance(workspace: string, out: string): RunProvenance {
  const versions: Record<string, string> = { node: process.versions.node };
  const npm = output('npm', ['--version'], workspace);
  if (npm) versions['npm'] = npm;
  for (const name of recorded) {
    const version = versionOf(workspace, name);
    if (version) versions[name] = version;
  }
  let lockfileSha256: string | null = null;
  try {
    lockfileSha256 = createHash('sha256')
      .update(readFileSync(join(workspace, 'package-lock.json')))
      .digest('hex');
  } catch {
    // An installed copy without its lockfile.
  }
  return {
    ...workingTree(workspace, out),
    lockfileSha256,
    versions,
    ...thisMachine(),
  };
}
