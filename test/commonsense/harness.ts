/** lm-evaluation-harness 0.4.13, where there is one: what it asks about LLM-Adapters' rows, and how it scores a model. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HARNESS = '0.4.13';
const repository = fileURLToPath(new URL('../../', import.meta.url));
const python = process.env['HARNESS_PYTHON'] ?? join(repository, '.cache/lomap/lm-eval/bin/python');

/** The folder of LLM-Adapters' files: COMMONSENSE_DIR, or ../shared/commonsense beside the repository. */
export const dataFolder = resolve(repository, process.env['COMMONSENSE_DIR'] ?? '../shared/commonsense');
export const missingData = existsSync(dataFolder) ? null : 'no folder of LLM-Adapters; set COMMONSENSE_DIR';

/** Why the harness cannot be run; null where it can. */
export function missingHarness(): string | null {
  const version = 'import importlib.metadata as m; print(m.version("lm_eval"))';
  const found = spawnSync(python, ['-c', version], { encoding: 'utf8' });
  if (found.status === 0 && found.stdout.trim() === HARNESS) return null;
  return `no lm-eval ${HARNESS} in ${python}; pip install lm-eval==${HARNESS} and name its interpreter in HARNESS_PYTHON`;
}

/** One question as the harness asks it. */
export interface Asked {
  /** The harness's name of the task. */
  readonly task: string;
  readonly index: number;
  /** The place of the correct choice. */
  readonly gold: number;
  readonly pairs: readonly (readonly [context: string, continuation: string])[];
  /** What `acc_norm` divides by. */
  readonly lengths: readonly number[];
  /** Log-likelihoods, where a model was named. */
  readonly scores?: readonly number[];
  readonly metrics?: Readonly<Record<string, number>>;
}

/** The first rows of every test that the folder has. Throws what Python said if it fails. */
export function askHarness(folder: string, rows: number, model?: string): Asked[] {
  const work = mkdtempSync(join(tmpdir(), 'lomap-harness-'));
  try {
    const [script, out] = [fileURLToPath(new URL('harness.py', import.meta.url)), join(work, 'asked.jsonl')];
    const args = [script, folder, out, String(rows), ...(model ? [model] : [])];
    const { status, stderr } = spawnSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 26, cwd: work });
    if (status !== 0) throw new Error(`harness.py ended with ${status}:\n${stderr.slice(-4000)}`);
    return readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Asked);
  } finally {
    rmSync(work, { recursive: true });
  }
}
