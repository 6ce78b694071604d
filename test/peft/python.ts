/** Python with torch, transformers and PEFT 0.21, where there is one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEFT = '0.21';
const modules = ['torch', 'transformers', 'peft'];
/** Prints what is lacking, and a PEFT of another version than the files that are compared. */
const find = `
import importlib.metadata as m
import importlib.util as u
lacking = [name for name in ${JSON.stringify(modules)} if u.find_spec(name) is None]
if "peft" not in lacking and not m.version("peft").startswith("${PEFT}."):
    lacking.append("peft ${PEFT} (it has " + m.version("peft") + ")")
print(*lacking, sep=", ")
`;

/**
 * $PYTHON, or else the first python3 on the PATH that has all of it: npm and Nx put folders of their own first there.
 * Otherwise a sentence that says why not.
 */
export function findPython(): { readonly python: string } | { readonly missing: string } {
  const named = process.env['PYTHON'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = named
    ? [named]
    : [...new Set(folders.map((folder) => join(folder, 'python3')))].filter(existsSync);
  const lacking: string[] = [];
  for (const python of candidates) {
    const { status, stdout, error } = spawnSync(python, ['-c', find], { encoding: 'utf8' });
    if (error || status !== 0) continue;
    if (stdout.trim() === '') return { python };
    lacking.push(`${python} lacks ${stdout.trim()}`);
  }
  const found = lacking[0] ?? `there is no ${named ?? 'python3'}`;
  return { missing: `${found}; pip install torch transformers 'peft~=${PEFT}.0', or name an interpreter in PYTHON` };
}

export type Logits = readonly (readonly number[])[];

/** What PEFT computes: for our adapters and checkpoints, and for the adapters that it has written. */
export interface Compared {
  readonly loaded: Readonly<Record<string, Logits>>;
  readonly merged: Readonly<Record<string, Logits>>;
  readonly written: Readonly<Record<string, Logits>>;
}

/** Runs compare.py on a job's file. Throws what Python said if it fails. */
export function compareInPython(python: string, job: string): Compared {
  return runPython<Compared>(python, 'compare.py', job);
}

/** What a script of this folder prints of a job's file, as JSON. Throws what Python said if it fails. */
export function runPython<T>(python: string, script: string, job: string): T {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [path, job], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr.slice(-4000)}`);
  return JSON.parse(stdout) as T;
}
