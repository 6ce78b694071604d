import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const source = import.meta.dirname;

/** A folder, or a file that lies in none. */
function placeOf(file: string): string {
  const folder = relative(source, dirname(file));
  return folder === '' ? relative(source, file) : folder;
}

/** By place, the places that its files import; specs and what they share may import anything. */
function imports(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.spec.ts') || name.startsWith('testing')) continue;
    const file = join(source, name);
    const own = found.get(placeOf(file)) ?? new Set();
    found.set(placeOf(file), own);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g)) {
      const target = placeOf(join(dirname(file), path!));
      if (target !== placeOf(file)) own.add(target);
    }
  }
  return found;
}

test('folders import each other one way', () => {
  const left = imports();
  expect(left.size).toBeGreaterThan(20);
  // What imports nothing that is left cannot be in a loop.
  for (let free = ['']; free.length > 0;) {
    free = [...left].filter(([, to]) => [...to].every((place) => !left.has(place))).map(([place]) => place);
    for (const place of free) left.delete(place);
  }
  expect([...left.keys()]).toEqual([]);
});
