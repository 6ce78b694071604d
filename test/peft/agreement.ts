/** `lomap inspect` and `lomap export` of one folder: whatever one refuses, the other refuses in the same words. */
import { existsSync } from 'node:fs';
import { expect, jest } from '@jest/globals';
import { run } from '@lomap/runner';

export const formats = ['peft', 'peft-lora', 'merged'] as const;

/** A command's exit code, and what it printed. */
export interface Answer {
  readonly code: number;
  readonly text: string;
}

/** A command of `lomap` in this process. */
export async function commandHere(args: readonly string[]): Promise<Answer> {
  const lines: string[] = [];
  const spies = (['log', 'error'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation((line: unknown) => void lines.push(String(line))),
  );
  try {
    const code = await run([...args]);
    return { code, text: lines.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** What `inspect --format json` says of an adapter. */
export interface Inspected {
  readonly exports: Readonly<
    Record<(typeof formats)[number], { readonly exact: boolean | null; readonly reason: string | null }>
  >;
}

export async function inspected(adapter: string, base?: string): Promise<Inspected> {
  const { code, text } = await commandHere(['inspect', adapter, ...(base ? ['--base', base] : []), '--format', 'json']);
  expect([code, text]).toEqual([0, expect.stringMatching(/^\{/)]);
  return JSON.parse(text) as Inspected;
}

/** Refusals of `inspect`, by the files alone and with the base; null where it describes them. */
export interface Agreement {
  readonly alone: Answer | null;
  readonly withBase: Answer | null;
}

/** Holds `inspect` against every `export` of a folder, and returns what was refused. */
export async function agreement(adapter: string, base: string): Promise<Agreement> {
  const refusal = ({ code, text }: Answer): Answer | null => (code === 0 ? null : { code, text });
  const alone = refusal(await commandHere(['inspect', adapter]));
  const withBase = refusal(await commandHere(['inspect', adapter, '--base', base]));
  // What needs no base to be refused is refused in the same words with one.
  if (alone) expect(withBase).toEqual(alone);
  const out = `${adapter}-never`;
  // Every format reads the files first; one of them tells where that is where it ends.
  for (const format of alone ? (['merged'] as const) : formats) {
    if (!withBase) continue;
    const flags = ['--adapter', adapter, '--base', base, '--format', format, '--out', out];
    expect([format, await commandHere(['export', ...flags])]).toEqual([format, withBase]);
    expect(existsSync(out)).toBe(false);
  }
  return { alone, withBase };
}
