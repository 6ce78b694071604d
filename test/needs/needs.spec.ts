import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { skippedLine } from './reasons.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const specs = ['packages', 'benchmarks', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.spec.ts') && !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => join(folder, path)),
);

test('reasons are counted, the most frequent first; a test without one is said to have none', () => {
  const names = [
    'cuda 30 steps (skipped: no CUDA device)',
    'real GLUE (skipped: no folder (of GLUE); set GLUE_DIR) cola dev: 3 rows',
    'real GLUE (skipped: no folder (of GLUE); set GLUE_DIR) cola train: 4 rows',
    'a test that nobody asked',
  ];
  expect(skippedLine(names)).toBe(
    '4 skipped: 2 no folder (of GLUE); set GLUE_DIR; 1 no CUDA device; 1 without a reason',
  );
  expect(skippedLine([])).toBeNull();
});

describe('the specs', () => {
  const lines = specs.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .map((line, i) => ({ where: `${path}:${i + 1}`, line })),
  );

  test('are all there', () => {
    expect(specs.length).toBeGreaterThan(100);
  });

  test('skip through `needs` alone, so that every skipped test has a reason', () => {
    const skip = /\b(?:test|it|describe)\.(?:skip|todo)\b|\bx(?:test|it|describe)\(/;
    expect(lines.filter(({ line }) => skip.test(line)).map(({ where }) => where)).toEqual([]);
  });

  test('set no time limit below that of jest.config.mjs', () => {
    const limits = lines.flatMap(({ where, line }) => {
      const limit = /(?:^\s*\}, |jest\.setTimeout\()([\d_]{5,})\)|^\s+([\d_]{5,}),$/.exec(line);
      return limit ? [{ where, limit: Number((limit[1] ?? limit[2])!.replaceAll('_', '')) }] : [];
    });
    const common = /testTimeout: ([\d_]+),/.exec(readFileSync(join(root, 'jest.config.mjs'), 'utf8'))![1]!;
    expect(limits.length).toBeGreaterThan(0);
    expect(limits.filter(({ limit }) => limit <= Number(common.replaceAll('_', '')))).toEqual([]);
  });
});
