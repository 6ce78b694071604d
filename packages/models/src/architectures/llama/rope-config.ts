import { z } from 'zod';
import { isObject } from '../../files.ts';

/**
 * How the angles of rotary embedding follow from positions: `theta` is the base of the frequencies, and the types but
 * `default` change them for sequences longer than the model was trained on first.
 */
export type Rope =
  | { readonly type: 'default'; readonly theta: number }
  | { readonly type: 'linear' | 'dynamic'; readonly theta: number; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly theta: number;
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      /** Longest sequence that the model was trained on first. */
      readonly originalPositions: number;
    };

const positive = z.number().positive();
const whole = z.literal(1, 'only rotations of whole heads are supported').default(1);
const common = { rope_theta: positive, partial_rotary_factor: whole };
const factor = z.number().min(1);

const schema = z.discriminatedUnion('rope_type', [
  z.object({ rope_type: z.literal('default'), ...common }),
  z.object({ rope_type: z.literal('linear'), ...common, factor }),
  z.object({ rope_type: z.literal('dynamic'), ...common, factor }),
  z
    .object({
      rope_type: z.literal('llama3'),
      ...common,
      factor,
      low_freq_factor: positive,
      high_freq_factor: positive,
      original_max_position_embeddings: z.int().positive(),
    })
    .refine(({ low_freq_factor: low, high_freq_factor: high }) => low < high, {
      path: ['high_freq_factor'],
      message: 'is not above low_freq_factor',
    }),
]);
const types = schema.options.map((option) => JSON.stringify(option.shape.rope_type.value));

/**
 * The rotary embedding of a parsed `config.json`: `rope_parameters` of transformers 5, or `rope_theta` with
 * `rope_scaling` of transformers 4, which goes first as in transformers. What is wrong is returned as a list of lines.
 */
export function parseRope(json: Readonly<Record<string, unknown>>): Rope | string[] {
  const key = isObject(json['rope_scaling']) ? 'rope_scaling' : 'rope_parameters';
  const given = json[key] ?? {};
  if (!isObject(given)) return [`${key}: expected an object`];
  const type = given['rope_type'] ?? given['type'] ?? 'default';
  if (!types.includes(JSON.stringify(type))) {
    return [`${key}: the rope type ${JSON.stringify(type)} is not supported; ${types.join(', ')} are`];
  }
  const theta = given['rope_theta'] ?? json['rope_theta'] ?? 10_000;
  const parsed = schema.safeParse({ ...given, rope_type: type, rope_theta: theta });
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${key}.${path.join('.')}: ${message}`);
  const rope = parsed.data;
  switch (rope.rope_type) {
    case 'default':
      return { type: 'default', theta: rope.rope_theta };
    case 'linear':
    case 'dynamic':
      return { type: rope.rope_type, theta: rope.rope_theta, factor: rope.factor };
    case 'llama3':
      return {
        type: 'llama3',
        theta: rope.rope_theta,
        factor: rope.factor,
        lowFrequencyFactor: rope.low_freq_factor,
        highFrequencyFactor: rope.high_freq_factor,
        originalPositions: rope.original_max_position_embeddings,
      };
  }
}
