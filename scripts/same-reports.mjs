#!/usr/bin/env node
/**
 * Shows that every committed table and chart comes out with the same bytes, from trials' folders and from packed files:
 * `node scripts/same-reports.mjs --help`. Needs `npm run build`. Works on copies; nothing under results/ is written.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { report } from '../packages/report/dist/index.js';
import { packSweep, readResults, unpackSweep } from '../packages/results/dist/index.js';

const help = `node scripts/same-reports.mjs [--results DIR] [SWEEP...]

Makes the reports of all sweeps, or of those named, twice: from a copy in which every trial has a folder and from one that
is packed. Compares each table and chart with the one beside the results, and says how large both forms are and how much
processor time reading and reporting took. Exit code 1 if a file differs, is missing or is new.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { results: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(help.trimEnd());
  process.exit();
}
const results = values.results ?? fileURLToPath(new URL('../results', import.meta.url));
const sweeps = positionals.length > 0 ? positionals : readdirSync(results).filter(holdsTrials);

const temporary = mkdtempSync(join(tmpdir(), 'lomap-same-reports-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
const total = { trials: 0, compared: 0, different: 0, folders: size(), packed: size(), drawn: size() };
for (const sweep of sweeps.sort()) {
  const line = await compareSweep(sweep);
  for (const key of ['trials', 'compared', 'different']) total[key] += line[key];
  for (const key of ['folders', 'packed', 'drawn']) add(total[key], line[key]);
}
console.log(
  `all: ${total.trials} trials; folders ${show(total.folders)}, packed ${show(total.packed)}, tables and charts ` +
    `${show(total.drawn)}; ${total.compared} files compared, ${total.different} differ`,
);
process.exitCode = total.different === 0 ? 0 : 1;

async function compareSweep(sweep) {
  const worlds = { folders: join(temporary, 'folders'), packed: join(temporary, 'packed') };
  const made = {};
  for (const world of Object.values(worlds)) cpSync(join(results, sweep), join(world, sweep), { recursive: true });
  if (existsSync(join(worlds.folders, sweep, 'sweep.json'))) await unpackSweep(join(worlds.folders, sweep));
  const { trials } = await packSweep(join(worlds.packed, sweep));
  const committed = hashes(join(results, sweep));
  let [compared, different] = [0, 0];
  for (const [name, world] of Object.entries(worlds)) {
    const read = await timed(() => readResults(join(world, sweep)));
    const output = join(temporary, `reports of ${name}`);
    const reported = await timed(() => report({ resultsDirectory: world, outputDirectory: output, sweep }));
    made[name] = { trials: sizeOf(join(world, sweep)), read, reported };
    const own = hashes(join(output, sweep));
    for (const file of new Set([...committed.keys(), ...own.keys()])) {
      compared++;
      if (committed.get(file) === own.get(file)) continue;
      different++;
      const what = own.has(file) ? (committed.has(file) ? 'differs' : 'is new') : 'is missing';
      console.log(`${sweep}: ${file} from ${name} ${what}`);
    }
  }
  const { folders, packed } = made;
  const drawn = sizeOf(join(results, sweep), true);
  const seconds = (of) => `${of} ${folders[of].toFixed(1)} → ${packed[of].toFixed(1)} s`;
  console.log(
    `${sweep}: ${trials} trials; folders ${show(folders.trials)}, packed ${show(packed.trials)}, tables and charts ${show(drawn)}; ` +
      `${compared} files compared, ${different} differ; processor time from folders → packed: ${seconds('read')}, ${seconds('reported')}`,
  );
  for (const path of readdirSync(temporary)) rmSync(join(temporary, path), { recursive: true });
  return { trials, compared, different, folders: folders.trials, packed: packed.trials, drawn };
}

/** Processor seconds that something took: a busy machine changes them less than the clock. */
async function timed(act) {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** SHA-256 of each table and chart, by its path in the sweep's folder. */
function hashes(folder) {
  const found = new Map();
  for (const kind of ['tables', 'charts']) {
    if (!existsSync(join(folder, kind))) continue;
    for (const name of readdirSync(join(folder, kind))) {
      const hash = createHash('sha256').update(readFileSync(join(folder, kind, name)));
      found.set(`${kind}/${name}`, hash.digest('hex'));
    }
  }
  return found;
}

/** Files and bytes of a sweep's trials, or of its tables and charts. */
function sizeOf(folder, drawn = false) {
  const sum = size();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const isDrawn = ['tables', 'charts'].some((kind) => file.startsWith(join(folder, kind, '/')));
    if (entry.isFile() && entry.name !== 'report.html' && isDrawn === drawn)
      add(sum, { files: 1, bytes: statSync(file).size });
  }
  return sum;
}

function size() {
  return { files: 0, bytes: 0 };
}

function add(sum, { files, bytes }) {
  sum.files += files;
  sum.bytes += bytes;
}

function show({ files, bytes }) {
  return `${(bytes / 1e6).toFixed(2)} MB in ${files} files`;
}

/** Whether it is a sweep's folder, packed or not; published tables and pages beside them are none. */
function holdsTrials(name) {
  const folder = join(results, name);
  const files = isFolder(folder) ? readdirSync(folder) : [];
  return files.includes('sweep.json') || files.some((own) => existsSync(join(folder, own, 'result.json')));
}

function isFolder(path) {
  return statSync(path).isDirectory();
}
