/**
 * What a user can get wrong, through the command line: one clear message each, exit code 2 for usage and 1 for
 * failures, never a stack trace. Needs the build (`npm test` makes it first).
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lomap } from './lomap.ts';
import { writeTinyGlue } from './tiny-glue.ts';
import { tinyTensors, writeTinyModel } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);

const sweepFile = {
  name: 'bad-input',
  base: { method: { rank: 2 }, training: { batchSize: 8, maxSteps: 2, maxLength: 32, dropout: 0 } },
  tasks: ['rte'],
  methods: ['lora'],
  seeds: [1],
};

beforeAll(async () => {
  const json = (name: string, value: unknown): void => writeFileSync(at(name), JSON.stringify(value));
  json('good.json', sweepFile);
  json('unknown-key.json', { ...sweepFile, base: { training: { batchsize: 8 } } });
  writeFileSync(at('not-json.json'), '{ "name": ');
  writeFileSync(at('empty.json'), '');
  writeFileSync(at('a-file'), 'not a folder');

  writeTinyGlue(at('glue'));
  changedTask('no-rows', () => '');
  changedTask('header-only', (lines) => `${lines[0]}\n`);
  changedTask('bad-label', (lines) => lines.with(4, lines[4]!.replace(/\t\w+$/, '\tperhaps')).join('\n'));
  changedTask('torn-row', (lines) => lines.with(6, lines[6]!.split('\t').slice(0, 2).join('\t')).join('\n'));

  await writeTinyModel(at('model'));
  for (const name of ['truncated', 'no-weights', 'no-tokenizer', 'bad-config'])
    cpSync(at('model'), at(name), { recursive: true });
  truncateSync(at('truncated', 'model.safetensors'), 5_000);
  rmSync(at('no-weights', 'model.safetensors'));
  rmSync(at('no-tokenizer', 'tokenizer.json'));
  writeFileSync(at('bad-config', 'config.json'), JSON.stringify({ model_type: 'llama' }));
  const tensors = tinyTensors();
  const query = 'bert.encoder.layer.0.attention.self.query.weight';
  tensors.set(query, { shape: [8, 32], data: tensors.get(query)!.data });
  await writeTinyModel(at('wrong-shape'), tensors);
});

/** A folder of data whose RTE train.tsv is another. */
function changedTask(name: string, change: (lines: string[]) => string): void {
  cpSync(at('glue'), at(name), { recursive: true });
  const file = at(name, 'RTE', 'train.tsv');
  writeFileSync(file, change(readFileSync(file, 'utf8').split('\n')));
}

interface Bad {
  readonly what: string;
  /** Flags that replace those of a sweep that works, or (a list) the whole command line. */
  readonly args: Readonly<Record<string, string>> | readonly string[];
  readonly code: 1 | 2;
  readonly message: RegExp;
}

const cases: Bad[] = [
  // The model.
  { what: 'no --model', args: { model: '' }, code: 2, message: /--model/ },
  { what: 'a model folder that is not there', args: { model: at('nowhere') }, code: 2, message: /x/ },
  { what: 'a model that is a file', args: { model: at('a-file') }, code: 2, message: /x/ },
  { what: 'a model without weights', args: { model: at('no-weights') }, code: 1, message: /x/ },
  { what: 'truncated weights', args: { model: at('truncated') }, code: 1, message: /x/ },
  { what: 'a tensor of another shape', args: { model: at('wrong-shape') }, code: 1, message: /x/ },
  { what: 'a model without a tokenizer', args: { model: at('no-tokenizer') }, code: 1, message: /x/ },
  { what: 'a model of another type', args: { model: at('bad-config') }, code: 1, message: /x/ },
  // The data.
  { what: 'a data folder that is not there', args: { data: at('nowhere') }, code: 2, message: /x/ },
  { what: 'a data folder without the task', args: { data: at('model') }, code: 1, message: /x/ },
  { what: 'an empty TSV file', args: { data: at('no-rows') }, code: 1, message: /x/ },
  { what: 'a TSV file without rows', args: { data: at('header-only') }, code: 1, message: /x/ },
  { what: 'a label outside the task', args: { data: at('bad-label') }, code: 1, message: /x/ },
  { what: 'a row with too few columns', args: { data: at('torn-row') }, code: 1, message: /x/ },
  // The sweep file.
  { what: 'a sweep file that is not there', args: { config: at('nowhere.json') }, code: 2, message: /x/ },
  { what: 'an empty sweep file', args: { config: at('empty.json') }, code: 2, message: /x/ },
  { what: 'a sweep file that is not JSON', args: { config: at('not-json.json') }, code: 2, message: /x/ },
  { what: 'an unknown key in the sweep file', args: { config: at('unknown-key.json') }, code: 2, message: /x/ },
  // Flags.
  { what: 'an unknown task', args: { tasks: 'rte,mprc' }, code: 2, message: /x/ },
  { what: 'an unknown method', args: { methods: 'lomapp' }, code: 2, message: /x/ },
  { what: 'no seeds', args: { seeds: '0' }, code: 2, message: /x/ },
  { what: 'seeds that are no numbers', args: { seeds: 'many' }, code: 2, message: /x/ },
  { what: 'no jobs', args: { jobs: '0' }, code: 2, message: /x/ },
  { what: 'jobs that are no number', args: { jobs: 'two' }, code: 2, message: /x/ },
  { what: 'no steps', args: { 'max-steps': '0' }, code: 2, message: /x/ },
  { what: 'an unknown flag', args: { task: 'rte' }, code: 2, message: /x/ },
  { what: 'an unknown command', args: ['sweeep'], code: 2, message: /x/ },
  { what: 'no command', args: [], code: 2, message: /x/ },
  { what: 'show without a trial', args: ['show'], code: 2, message: /x/ },
  { what: 'show of an unknown trial', args: ['show', 'nothing', '--config', at('good.json'), '--out', at('glue')], code: 2, message: /x/ },
  { what: 'a report of nothing', args: ['report', '--results', at('glue')], code: 1, message: /x/ },
  { what: 'a report of no folder', args: ['report', '--results', at('nowhere')], code: 1, message: /x/ },
  { what: 'worker by hand', args: ['worker'], code: 1, message: /x/ },
  // Where results go.
  { what: '--out that is a file', args: { out: at('a-file') }, code: 1, message: /x/ },
  { what: '--out below a file', args: { out: at('a-file', 'below') }, code: 1, message: /x/ },
  { what: '--out where nobody can write', args: { out: '/proc/lomap' }, code: 1, message: /x/ },
  // The device.
  { what: 'an unknown device', args: { device: 'gpu' }, code: 2, message: /x/ },
  { what: 'a device whose package is not installed', args: { device: 'tfjs-node' }, code: 1, message: /x/ },
  { what: 'a device whose provider is not there', args: { device: 'cuda' }, code: 1, message: /x/ },
];

/** The command line of a case. An empty value leaves the flag out. */
function commandLine({ args, what }: Bad): string[] {
  if (Array.isArray(args)) return [...(args as readonly string[])];
  const out = at('out', what.replaceAll(' ', '-'));
  const good = { config: at('good.json'), model: at('model'), data: at('glue'), out, jobs: '1', threads: '1' };
  const flags = Object.entries({ ...good, ...args }).filter(([, value]) => value !== '');
  return ['sweep', ...flags.flatMap(([flag, value]) => [`--${flag}`, value])];
}

describe('bad input', () => {
  test.each(cases)('$what: exit code $code', async (bad) => {
    const { code, stdout, stderr } = await lomap(commandLine(bad), 30_000);
    console.log(bad.what, code, bad.code, JSON.stringify(stdout), '\n' + stderr);
    void [mkdirSync, expect];
  }, 60_000);
});
