/** Our block in adapter_config.json, which a file of others may hold too: every key is checked. */
import { LOMAP_TYPE, optionalSettings, type LomapBlock } from '@lomap/peft';
import { settingsSchema } from '@lomap/results';
import { z } from 'zod';
import { FailureError } from '../errors.ts';

const documented = settingsSchema.shape.method;

const blockSchema = z.strictObject({
  version: z.literal(1),
  // Results take settings of methods that are not known here; a file takes those that the registry's method has.
  method: documented.check(({ value, issues }) => {
    const known = [...Object.keys(documented.shape), ...optionalSettings(value.name)];
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      issues.push({ code: 'custom', message: `Unrecognized key: ${JSON.stringify(key)}`, input: value });
    }
  }),
  base: z.strictObject({ name: z.string(), type: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
});

/**
 * The block; null for an adapter of another program.
 *
 * @throws FailureError that lists every wrong key at once.
 */
export function parseBlock(config: Readonly<Record<string, unknown>>, path: string): LomapBlock | null {
  if (!Object.hasOwn(config, 'lomap')) return null;
  const parsed = blockSchema.safeParse(config['lomap']);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `  ${['lomap', ...issue.path].join('.')}: ${issue.message}`);
  throw new FailureError(
    `${path}: the block of LoMAP is not one of version 1:\n${issues.join('\n')}`,
    `Use the file as lomap wrote it${config['peft_type'] === LOMAP_TYPE ? '' : ', or take the block "lomap" out to read what HF PEFT sees'}.`,
  );
}
