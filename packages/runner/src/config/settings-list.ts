/** Every key that a sweep file may have, as its schema says: type, default, meaning, source. */
import { settingsSchema } from '@lomap/results';
import { defaultSettings } from './defaults.ts';
import { alternatives, inWords, jsonSchemaOf, type JsonSchema } from './json-schema.ts';
import type { Registry } from './registry.ts';
import { sweepFileSchema } from './sweep-schema.ts';

/** The blocks of a sweep file, in the order of the documentation. */
export const blocks = ['file', 'method', 'map', 'training', 'selection', 'engine'] as const;

export type Block = (typeof blocks)[number];

export interface Setting {
  /** As errors spell it, without `base.`: `training.epochs`, `method.map.start`, `search.task`. */
  readonly key: string;
  readonly block: Block;
  readonly type: string;
  /** As JSON; null where there is none, or methods differ. */
  readonly default: string | null;
  /** Whether a file must have it, or an object of the file that has its other keys. */
  readonly needed: boolean;
  readonly meaning: string;
  readonly source: string;
}

/** Blocks whose keys are listed apart, and that several places of a file hold. */
const APART = new Set(['base', 'tasksOverrides', 'methodsOverrides']);

export function settingsList(registry: Registry): Setting[] {
  const { properties } = jsonSchemaOf(settingsSchema);
  const { method, training, selection, engine } = properties as Record<string, JsonSchema>;
  const map = objectOf(method!.properties!['map']!);
  const ofMethods = registry.methods.map((name) => registry.methodDefaults(name));
  const own = Object.entries(method!.properties!).filter(([key]) => !['label', 'name', 'map'].includes(key));
  return [
    ...fileSettings(jsonSchemaOf(sweepFileSchema), ''),
    ...own.map(([key, node]) => {
      const values = ofMethods.map((defaults) => defaults[key as keyof typeof defaults]);
      return setting('method', `method.${key}`, node, common(values));
    }),
    ...[...registry.furtherSettings].map(([key, { expected, meaning }]) => {
      const values = ofMethods.map((defaults) => defaults[key as keyof typeof defaults]);
      return { ...setting('method', `method.${key}`, {}, common(values)), type: expected, meaning };
    }),
    ...Object.entries(map.properties!).map(([key, node]) => {
      const values = ofMethods.map((defaults) => defaults.map?.[key as keyof typeof defaults.map]);
      return setting('map', `method.map.${key}`, node, common(values));
    }),
    ...withDefaults('training', training!, defaultSettings.training),
    ...withDefaults('selection', selection!, defaultSettings.selection),
    ...withDefaults('engine', engine!, defaultSettings.engine),
  ];
}

function withDefaults(block: Block, { properties }: JsonSchema, defaults: object): Setting[] {
  const values = new Map<string, unknown>(Object.entries(defaults));
  return Object.entries(properties!).map(([key, node]) => setting(block, `${block}.${key}`, node, values.get(key)));
}

/** The keys of the file, and those of its own objects. */
function fileSettings({ properties = {}, required = [] }: JsonSchema, prefix: string): Setting[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const key = `${prefix}${name}`;
    const inner = APART.has(name) || !node.properties ? [] : fileSettings(node, `${key}.`);
    return [{ ...setting('file', key, node, undefined), needed: required.includes(name) }, ...inner];
  });
}

function setting(block: Block, key: string, node: JsonSchema, value: unknown): Setting {
  return {
    ...{ key, block, type: inWords(node), default: value === undefined ? null : JSON.stringify(value) },
    needed: false,
    ...{ meaning: node.description ?? '', source: node.source ?? 'ours' },
  };
}

/** The one value that those have which have any. */
function common(values: readonly unknown[]): unknown {
  const distinct = new Set(
    values.filter((value) => value !== null && value !== undefined).map((value) => JSON.stringify(value)),
  );
  return distinct.size === 1 ? (JSON.parse([...distinct][0]!) as unknown) : undefined;
}

function objectOf(node: JsonSchema): JsonSchema {
  return alternatives(node).find(({ properties }) => properties !== undefined)!;
}
