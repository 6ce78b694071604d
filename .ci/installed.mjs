// Exit code 0 if node_modules holds what package-lock.json asks for (packages of other platforms apart), else 1.
import { readFileSync } from 'node:fs';

const packages = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')).packages;

try {
  const installed = packages('node_modules/.package-lock.json');
  const missing = Object.entries(packages('package-lock.json')).filter(
    ([path, { version, link, optional, peer, devOptional }]) =>
      path.includes('node_modules/') &&
      !(link || optional || peer || devOptional) &&
      installed[path]?.version !== version,
  );
  for (const [path, { version }] of missing.slice(0, 5)) console.log(`not installed: ${path} ${version}`);
  process.exit(missing.length > 0 ? 1 : 0);
} catch {
  process.exit(1);
}
