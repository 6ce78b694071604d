#!/usr/bin/env node
/**
 * Runs the notebooks again, from the first cell to the last: `node notebooks/run.mjs --help`.
 *
 * Jupyter's nbconvert executes a copy in a temporary folder with Deno's kernel. A cell that throws is an error; outputs
 * that are other than the committed ones are named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `node notebooks/run.mjs [--write] [--source] [NAME...]   executes all notebooks, or those named

  --write    keeps what was executed, without times, in place of the committed notebook
  --source   imports the packages' TypeScript instead of what npm run build made of it
  --tools    says only whether Deno and nbconvert are there: exit code 0, or 2 with the reason
`;

const here = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(here)
  .filter((file) => file.endsWith('.ipynb'))
  .map((file) => basename(file, '.ipynb'))
  .sort();

/** The first of these paths and of these names on the PATH that there is. */
function find(paths, name) {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return [...paths, ...onPath].find((path) => path && existsSync(path));
}

/** Deno and nbconvert, or why not. */
function tools() {
  const deno = find([process.env.DENO, join(here, '..', '.cache/lomap/tools/node_modules/.bin/deno')], 'deno');
  const nbconvert = find(['/usr/bin/jupyter-nbconvert'], 'jupyter-nbconvert');
  const missing = [
    ...(deno ? [] : ['Deno (npm install --prefix .cache/lomap/tools deno@2.9.6, or name one in DENO)']),
    ...(nbconvert ? [] : ['nbconvert (apt-get install jupyter-nbconvert)']),
  ];
  return { deno, nbconvert, missing };
}

/** A Jupyter path with Deno's kernel and nothing else, so that no home folder matters. */
function kernelFolder(folder, deno, source) {
  const kernel = join(folder, 'kernels', 'deno');
  mkdirSync(kernel, { recursive: true });
  const spec = {
    argv: [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'],
    display_name: 'Deno',
    language: 'typescript',
    env: { NO_COLOR: '1', ...(source && { DENO_CONDITIONS: '@lomap/source' }) },
  };
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify(spec));
  return folder;
}

/** Executes a copy in the notebook's own folder as working directory; the copy's text, or what went wrong. */
function execute(name, { deno, nbconvert }, folder, source) {
  const env = {
    ...process.env,
    JUPYTER_PATH: kernelFolder(join(folder, 'jupyter'), deno, source),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
  };
  const flags = ['--to', 'notebook', '--execute', '--ExecutePreprocessor.kernel_name=deno'];
  const limits = ['--ExecutePreprocessor.timeout=900', '--ExecutePreprocessor.startup_timeout=180'];
  const paths = ['--output-dir', folder, '--output', `${name}.ipynb`, join(here, `${name}.ipynb`)];
  const run = spawnSync(nbconvert, [...flags, ...limits, ...paths], { env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status === 0) return { notebook: JSON.parse(readFileSync(join(folder, `${name}.ipynb`), 'utf8')) };
  return { error: run.error?.message ?? run.stderr.slice(-3000) };
}

/** What a cell shows: text, Markdown, pictures. Numbers of execution and times are no part of it. */
function shown({ outputs = [] }) {
  const joined = (value) => (Array.isArray(value) ? value.join('') : (value ?? ''));
  return outputs.map(({ text, data = {} }) =>
    JSON.stringify([
      joined(text),
      ...['text/plain', 'text/markdown', 'image/png'].map((type) => joined(data[type]).trim()),
    ]),
  );
}

/** The numbers, from 1, of the code cells whose outputs differ. */
function differing(before, after) {
  return after.cells.flatMap((cell, i) =>
    shown(cell).join('\n') === shown(before.cells[i] ?? {}).join('\n') ? [] : [i + 1],
  );
}

/** Without what changes from run to run. */
function tidied(notebook) {
  for (const { metadata } of notebook.cells) delete metadata.execution;
  return `${JSON.stringify({ ...notebook, metadata: committedMetadata }, null, 1)}\n`;
}

const committedMetadata = {
  kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' },
  language_info: { file_extension: '.ts', mimetype: 'text/x.typescript', name: 'typescript' },
};

function main() {
  const flags = ['write', 'source', 'tools', 'help'];
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(flags.map((name) => [name, { type: 'boolean' }])),
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const names = (positionals.length > 0 ? positionals : all).map((name) => basename(name, '.ipynb'));
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no notebook ${unknown.join(', ')}. There are ${all.join(', ')}.`);
    return 2;
  }
  const found = tools();
  if (found.missing.length > 0) {
    console.error(`Notebooks cannot be run here: there is no ${found.missing.join(', and no ')}.`);
    return 2;
  }
  if (values.tools) return 0;

  const folder = mkdtempSync(join(tmpdir(), 'lomap-notebooks-'));
  let failed = 0;
  try {
    for (const name of names) {
      const started = performance.now();
      const { notebook, error } = execute(name, found, folder, values.source);
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      if (error !== undefined) {
        failed++;
        console.error(`${name}: failed after ${seconds} s\n${error}`);
        continue;
      }
      const file = join(here, `${name}.ipynb`);
      const cells = differing(JSON.parse(readFileSync(file, 'utf8')), notebook);
      const outputs = cells.length === 0 ? 'the same outputs' : `other outputs in cell ${cells.join(', ')}`;
      if (values.write) writeFileSync(file, tidied(notebook));
      console.log(`${name}: ran in ${seconds} s, ${outputs}${values.write ? '; written' : ''}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failed > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (error?.code?.startsWith('ERR_PARSE_ARGS')) {
    console.error(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  } else throw error;
}
