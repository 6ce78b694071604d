/**
 * Plugins: modules that a sweep file or a site names, and that register methods, architectures, optimizers or executors.
 * Unlike everything else that files name they are code, which runs with the user's rights.
 *
 * A plugin is one file, since its SHA-256 is in the identity of the sweep's trials. It is imported from a copy in the cache,
 * so that the bytes that run are those that were hashed, and so that `@lomap/peft` in it is the package that is running.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { messageOf, systemCode, UsageError } from '../errors.ts';
import { makeFolder } from '../store/make-folder.ts';
import { workspaceRoot } from '../workspace.ts';
import { registeredNames } from './registered-names.ts';
import { isTypeScript, transpiled } from './typescript.ts';

/** A plugin's file, by content. */
export interface PluginFile {
  readonly path: string;
  readonly sha256: string;
}

/** A plugin that was named. */
export interface NamedPlugin {
  readonly path: string;
  /** Where it was named, for messages: `sweep.json: plugins[0]`. */
  readonly where: string;
  /** What its content has to be; undefined where any will do. */
  readonly sha256?: string | undefined;
}

const copies = join(workspaceRoot, '.cache', 'lomap', 'plugins');
const extensions = /\.([cm]?[jt]s)$/;

/** What this process has loaded, by path. */
const loaded = new Map<string, Promise<PluginFile>>();

/**
 * Loads plugins, one after another, in their order; one that was loaded before is not again.
 *
 * @throws UsageError for the first that is missing, throws, exports no function, registers nothing, or a name that is taken.
 */
export async function loadPlugins(plugins: readonly NamedPlugin[]): Promise<PluginFile[]> {
  const files: PluginFile[] = [];
  for (const plugin of plugins) {
    const loading = loaded.get(plugin.path) ?? load(plugin);
    loaded.set(plugin.path, loading);
    const file = await loading;
    requireSame(plugin, file.sha256);
    files.push(file);
  }
  return files;
}

function requireSame({ path, where, sha256: expected }: NamedPlugin, sha256: string): void {
  if (expected === undefined || sha256 === expected) return;
  throw new UsageError(
    `${where} ${path}: its SHA-256 is ${sha256}, not ${expected}: the file has changed since the sweep started, or is ` +
      'another here. Start the sweep again.',
  );
}

async function load(plugin: NamedPlugin): Promise<PluginFile> {
  const { path, where } = plugin;
  const refused = (why: string): UsageError => new UsageError(`${where} ${path}: ${why}`);
  const bytes = read(path, refused);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  // Before any of it runs.
  requireSame(plugin, sha256);
  const source = isTypeScript(path) ? await transpiled(String(bytes), path, refused) : String(bytes);
  const imports = await importsOf(source);
  const other = imports.find((name) => /^(\.{0,2}\/|file:|data:|https?:)/.test(name));
  if (other !== undefined) {
    throw refused(
      `it imports ${JSON.stringify(other)}. A plugin is one file, since its hash alone is in the trials' identity: ` +
        'write both into one, or bundle them.',
    );
  }
  const names = (): Promise<string[]> => registeredNames(imports.includes('@lomap/report'));
  const copy = join(copies, `${sha256.slice(0, 16)}-${basename(path).replace(extensions, '')}.mjs`);
  const explained = (error: unknown): UsageError => refused(told(error, copy, path));
  const module = await imported(copy, source).catch((error: unknown) => {
    throw explained(error);
  });
  const register: unknown = module['default'];
  if (typeof register !== 'function') {
    throw refused('it exports no function by default. A plugin is `export default () => { registerMethod(mine); }`.');
  }
  const before = await names();
  try {
    await (register as () => unknown)();
  } catch (error) {
    throw explained(error);
  }
  if ((await names()).length === before.length) {
    throw refused(
      'its function registers nothing. It has to call registerMethod, registerExecutor or another of their kind.',
    );
  }
  return { path, sha256 };
}

function read(path: string, refused: (why: string) => UsageError): Buffer {
  const [, extension] = extensions.exec(path) ?? [];
  if (extension === undefined || extension.startsWith('c')) throw refused('a plugin is a file .mjs, .js, .mts or .ts.');
  try {
    return readFileSync(path);
  } catch (error) {
    throw refused(systemCode(error) === 'ENOENT' ? 'there is no such file.' : messageOf(error));
  }
}

/** What a module imports by name; nothing of what is no JavaScript, which importing it will say. */
async function importsOf(source: string): Promise<string[]> {
  await init;
  try {
    return parse(source)[0].flatMap(({ n }) => n ?? []);
  } catch {
    return [];
  }
}

async function imported(copy: string, source: string): Promise<Readonly<Record<string, unknown>>> {
  makeFolder(copies);
  const partial = `${copy}.${process.pid}.partial`;
  writeFileSync(partial, source);
  renameSync(partial, copy);
  return (await import(pathToFileURL(copy).href)) as Readonly<Record<string, unknown>>;
}

/** What a plugin threw, with its line where the error knows it. */
function told(error: unknown, copy: string, path: string): string {
  const text = messageOf(error).replaceAll(pathToFileURL(copy).href, path).replaceAll(copy, path).split('\n')[0]!;
  const stack = error !== null && typeof error === 'object' && 'stack' in error ? String(error.stack) : '';
  const at = stack.indexOf(basename(copy));
  const line = at < 0 ? null : /^:(\d+)/.exec(stack.slice(at + basename(copy).length));
  return `${line && !isTypeScript(path) ? `line ${line[1]}: ` : ''}${text}`;
}
