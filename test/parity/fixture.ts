/** The parity fixtures' layout: what PyTorch, HF transformers and HF PEFT computed on tiny models. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { key } from '@lomap/compile';
import { openCheckpoint, openSafetensors, readTensor, type Checkpoint } from '@lomap/models';
import { adapt, methodDefaults, type Adaptation } from '@lomap/peft';
import { objectiveOf, type ParityObjective, type RawBatch } from './objective.ts';

/** Folder of the fixtures: `PARITY_DIR`, or the shared fixtures beside the checkout. */
export const parityDirectory = resolve(process.env['PARITY_DIR'] ?? '../shared/fixtures/parity');

interface Expected {
  readonly loss: number;
  /** Of each example, or of each of its tokens. */
  readonly logits: readonly (number[] | number[][])[];
  readonly grads: Record<string, { shape: number[]; norm: number; first: number[] }>;
}

interface TrajectoryStep {
  readonly lr: number;
  readonly loss: number;
  readonly grad_norm: number;
}

/** One case, opened: a model, an adaptation with the fixture's values, batches and what PyTorch got. */
export interface ParityCase {
  readonly checkpoint: Checkpoint;
  readonly adaptation: Adaptation;
  /** Values of the trainable tensors, in the order of the adaptation's specs. */
  readonly params: Float32Array[];
  /** The fixture's gradients, in the order of the specs. */
  readonly gradients: readonly { name: string; kind: string; norm: number; first: number[] }[];
  /** What is computed on the batches. */
  readonly objective: ParityObjective;
  readonly expected: Expected;
  readonly trajectory: readonly TrajectoryStep[];
}

/** The cases in the folder, each with its model type; empty when there is no such folder. */
export function parityCases(): { name: string; modelType: string }[] {
  if (!existsSync(parityDirectory)) return [];
  return readdirSync(parityDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(parityDirectory, entry.name, 'expected.json')))
    .map(({ name }) => {
      const config = readJson<{ model_type: string }>(join(parityDirectory, name, 'model', 'config.json'));
      return { name, modelType: config.model_type };
    });
}

/** Opens a case. The method is what follows the model in its name. */
export async function openParityCase(name: string, cacheDirectory: string): Promise<ParityCase> {
  const directory = join(parityDirectory, name);
  const expected = readJson<Expected>(join(directory, 'expected.json'));
  const [first] = expected.logits[0]!;
  const numLabels = typeof first === 'number' ? expected.logits[0]!.length : 0;
  const checkpoint = await openCheckpoint(join(directory, 'model'), { numLabels, cacheDirectory, headKey: key(0) });
  const adapter = existsSync(join(directory, 'adapter', 'adapter.safetensors'))
    ? mapAdapter(join(directory, 'adapter', 'adapter.safetensors'))
    : peftAdapter(join(directory, 'adapter'), checkpoint.head);
  const method = ['lora', 'dora', 'lomap'].find((method) => name.includes(method))!;
  const adaptation = adapt(checkpoint, { ...methodDefaults(method), ...adapter.settings });
  const file = openSafetensors(adapter.file);
  const names = adaptation.specs.map((spec) => adapter.storedName(spec.name));
  const gradientNames = adaptation.specs.map((spec) => adapter.gradientName(spec.name));
  return {
    checkpoint,
    adaptation,
    params: names.map((stored) => readTensor(file, stored)),
    gradients: gradientNames.map((stored) => {
      const gradient = expected.grads[stored];
      if (!gradient) throw new Error(`${directory}/expected.json has no gradient called ${stored}.`);
      return { name: stored, kind: kindOf(stored), norm: gradient.norm, first: gradient.first };
    }),
    objective: objectiveOf(
      readJson<RawBatch[]>(join(directory, 'batches.json')),
      numLabels === 0 ? 'next-token' : name.includes('regression') ? 'regression' : 'classification',
      checkpoint,
    ),
    expected,
    trajectory: readJson<TrajectoryStep[]>(join(directory, 'trajectory.json')),
  };
}

interface StoredAdapter {
  readonly file: string;
  readonly settings: { rank: number; loraAlpha: number };
  storedName(spec: string): string;
  gradientName(spec: string): string;
}

/** LoMAP's tensors as the fixtures store them: A, B, alpha and beta by module path, and the head's. */
function mapAdapter(file: string): StoredAdapter {
  const suffixes: Record<string, string> = { lora_A: 'A', lora_B: 'B', map_alpha: 'alpha', map_beta: 'beta' };
  const storedName = (spec: string): string =>
    spec.replace(/(lora_A|lora_B|map_alpha|map_beta)$/, (suffix) => suffixes[suffix]!);
  const [, a] = [...openSafetensors(file).tensors].find(([name]) => name.endsWith('.A'))!;
  const rank = a.shape[0]!;
  return { file, settings: { rank, loraAlpha: rank }, storedName, gradientName: storedName };
}

/** HF PEFT's folder. In memory, where the gradients were read, PEFT names the adapter and wraps the head. */
function peftAdapter(directory: string, head: readonly string[]): StoredAdapter {
  const config = readJson<{ r: number; lora_alpha: number }>(join(directory, 'adapter_config.json'));
  const prefix = 'base_model.model.';
  return {
    file: join(directory, 'adapter_model.safetensors'),
    settings: { rank: config.r, loraAlpha: config.lora_alpha },
    storedName: (spec) => prefix + spec.replace(/(lora_A|lora_B)$/, '$1.weight'),
    gradientName: (spec) =>
      prefix +
      spec
        .replace(/(lora_A|lora_B|lora_magnitude_vector)$/, '$1.default.weight')
        .replace(new RegExp(`^(${head.join('|')})(?=\\.)`), '$1.modules_to_save.default'),
  };
}

/** Which tensors a gradient's tolerance is taken over: all A, all B, all α, ... */
function kindOf(name: string): string {
  return /(?:lora_)?(A|B)(?:\.default\.weight)?$/.exec(name)?.[1] ?? /(alpha|beta|magnitude)/.exec(name)?.[1] ?? 'head';
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
