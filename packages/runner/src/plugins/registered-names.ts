import { architectureTypes } from '@lomap/models';
import { methodNames } from '@lomap/peft';
import { optimizerNames } from '@lomap/train';
import { executorNames } from '../executors/registry.ts';

/**
 * Everything that modules can register, as `method lora`.
 *
 * @param reports whether analyses are asked for too: the package that has them takes a second to load.
 */
export async function registeredNames(reports: boolean): Promise<string[]> {
  const analyses = reports ? (await import('@lomap/report')).analyses() : [];
  const named = (kind: string, names: readonly string[]): string[] => names.map((name) => `${kind} ${name}`);
  return [
    ...named('method', methodNames()),
    ...named('architecture', architectureTypes()),
    ...named('optimizer', optimizerNames()),
    ...named('executor', executorNames()),
    ...named(
      'analysis',
      analyses.map(({ name }) => name),
    ),
  ];
}
