import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A Python that has what a peer needs, or why there is none. */
export type FoundPython = { readonly command: string } | { readonly missing: string };

/** What the peers need. */
export const pythonPackages = {
  pytorch: ['torch', 'transformers', 'peft'],
  jax: ['jax', 'numpy', 'safetensors'],
} as const;

/**
 * Looks at $PYTHON if it is set, else at every python3 on the PATH: Nx puts Node's own folder first there, whose python3
 * need not be the one that the user's shell starts.
 */
export function findPython(
  environment: NodeJS.ProcessEnv = process.env,
  needed: readonly string[] = pythonPackages.pytorch,
): FoundPython {
  const named = environment['PYTHON'];
  const candidates = named ? [named] : pythonsOn(environment['PATH'] ?? '');
  const found = candidates.find((candidate) => hasPackages(candidate, needed));
  if (found !== undefined) return { command: found };
  const where = named
    ? `PYTHON=${named} lacks`
    : candidates.length > 0
      ? 'No python3 on the PATH has'
      : 'There is no python3 with';
  return {
    missing: `${where} ${needed.join(', ')}: pip install ${needed.join(' ')}, or name an interpreter in PYTHON.`,
  };
}

function pythonsOn(path: string): string[] {
  const folders = new Set(path.split(delimiter).filter(Boolean));
  const names = process.platform === 'win32' ? ['python3.exe', 'python.exe'] : ['python3'];
  return [...folders].flatMap((folder) => names.map((name) => join(folder, name))).filter((file) => existsSync(file));
}

function hasPackages(command: string, needed: readonly string[]): boolean {
  // Finding a package is fast; importing torch is not.
  const all = `all(map(importlib.util.find_spec, ${JSON.stringify(needed)}))`;
  const probe = `import importlib.util, sys; sys.exit(0 if ${all} else 9)`;
  try {
    execFileSync(command, ['-c', probe], { stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}
