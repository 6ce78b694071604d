/** Records how training turns and stretches the adapted weights, at checkpoints spread over the steps. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import { key } from '@lomap/compile';
import type { Adaptation, BaseModel } from '@lomap/peft';
import {
  geometryPointSchema,
  writeFileWhole,
  type Geometry,
  type GeometryPoint,
  type GeometrySettings,
} from '@lomap/results';
import { pause } from '@lomap/train';
import { z } from 'zod';
import { watched, type Oversight } from './oversight.ts';
import { frobenius, randomUpdate, sixDigits, turnOf, type Shape } from './geometry-turn.ts';

/** Takes points after its `steps`; `result` when all are taken. Both end with an InterruptedError when the trial is stopped. */
export interface GeometryRecorder {
  readonly steps: ReadonlySet<number>;
  take(step: number, params: Float32Array[]): Promise<void>;
  /** @throws Error where a point is missing. */
  result(): Promise<Geometry>;
}

export interface GeometryOptions {
  readonly geometry: GeometrySettings;
  readonly checkpoint: Pick<BaseModel, 'linears' | 'head' | 'read'>;
  readonly adaptation: Pick<Adaptation, 'merge' | 'summary'>;
  /** Decides the random updates. */
  readonly seed: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Where points are kept beside the checkpoint of an unfinished trial. */
  readonly directory: string;
  readonly oversight: Oversight;
}

const pointsSchema = z.record(z.string(), z.array(geometryPointSchema));

/**
 * The recorder of a trial. Points lie in `geometry.json` beside the checkpoint, written before it: a trial that goes on
 * from its checkpoint has those of the steps before.
 */
export function geometryRecorder(options: GeometryOptions): GeometryRecorder {
  const { geometry, directory } = options;
  const steps = checkpointSteps(options.steps, geometry.checkpoints);
  const file = join(directory, 'geometry.json');
  const points = read(file);
  return {
    steps,
    async take(step, params) {
      const own = await pointsAt(options, step, params);
      points.set(step, own);
      await writeFileWhole(file, JSON.stringify(Object.fromEntries(points)));
    },
    async result() {
      const missing = [...steps].filter((step) => !points.has(step));
      if (missing.length > 0) {
        throw new Error(
          `${file} has no geometry of step ${missing.join(', ')}, which ran before this start. Remove ${directory} to train again.`,
        );
      }
      const all = [...steps].flatMap((step) => points.get(step)!);
      return { points: all, random: await randomTurns(options, new Set(all.map(({ path }) => path))) };
    },
  };
}

/** `count` steps evenly spaced over a run, the last of them its end. */
export function checkpointSteps(steps: number, count: number): Set<number> {
  return new Set(Array.from({ length: count }, (_, i) => Math.max(1, Math.round((steps * (i + 1)) / count))));
}

/** The weights of linear modules outside the head that the method changes. */
async function pointsAt(
  { geometry, checkpoint, adaptation, seed, oversight }: GeometryOptions,
  step: number,
  params: Float32Array[],
): Promise<GeometryPoint[]> {
  const merged = adaptation.merge(params);
  const summaries = new Map(adaptation.summary(params).map((summary) => [summary.path, summary]));
  const linears = encoderLinears(checkpoint);
  const watch = watched(oversight, `measuring the geometry of step ${step}`);
  const points: GeometryPoint[] = [];
  for (const [i, { path, ...shape }] of linears.entries()) {
    await pause(watch, i, linears.length);
    const updated = merged.get(`${path}.weight`);
    if (!updated) continue;
    const base = checkpoint.read(`${path}.weight`);
    const norm = frobenius(Float64Array.from(updated, (value, k) => value - base[k]!));
    const random = randomUpdate(key(seed, 'geometry', path, step), shape, geometry.randomRank, norm);
    const summary = summaries.get(path);
    points.push({
      ...{ step, path, ...turnOf(base, updated, shape), random: turnOf(base, plus(base, random), shape) },
      relativeNorm: sixDigits(norm / frobenius(base)),
      alphaChange: rounded(summary?.alphaChange),
      beta: rounded(summary?.beta),
    });
  }
  return points;
}

/** Random updates of every size the settings name. */
async function randomTurns(
  { geometry, checkpoint, seed, oversight }: GeometryOptions,
  paths: ReadonlySet<string>,
): Promise<Geometry['random']> {
  const linears = encoderLinears(checkpoint).filter(({ path }) => paths.has(path));
  const watch = watched(oversight, 'measuring random updates');
  const turns: Geometry['random'][number][] = [];
  for (const [i, { path, ...shape }] of linears.entries()) {
    await pause(watch, i, linears.length);
    const base = checkpoint.read(`${path}.weight`);
    for (const share of geometry.randomShares) {
      const stream = key(seed, 'geometry', path, `share ${share}`);
      const random = randomUpdate(stream, shape, geometry.randomRank, share * frobenius(base));
      turns.push({ path, share, ...turnOf(base, plus(base, random), shape) });
    }
  }
  return turns;
}

function encoderLinears({ linears, head }: GeometryOptions['checkpoint']): (Shape & { readonly path: string })[] {
  return linears
    .filter(({ path }) => !head.some((prefix) => path === prefix || path.startsWith(`${prefix}.`)))
    .map(({ path, out, in: columns }) => ({ path, out, in: columns }));
}

function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : sixDigits(value);
}

function plus(base: Float32Array, update: Float64Array): Float64Array {
  return update.map((value, i) => value + base[i]!);
}

/** The points that an earlier start left; none of a file that cannot be read, whose steps are then missing. */
function read(file: string): Map<number, GeometryPoint[]> {
  try {
    const points = pointsSchema.parse(parseJson(readFileSync(file), file));
    return new Map(Object.entries(points).map(([step, own]) => [Number(step), own]));
  } catch {
    return new Map();
  }
}
