import { dataSources, taskNames } from '@lomap/data';
import { magnitudeRules } from '@lomap/map';
import { architectureTypes } from '@lomap/models';
import { methodNames } from '@lomap/peft';
import { metricNames } from '@lomap/tasks';
import { optimizerNames } from '@lomap/train';
import { executorNames } from '../executors/registry.ts';

/**
 * Everything that modules can register, as `method lora`.
 *
 * @param reports whether analyses are asked for too: the package that has them takes a second to load.
 */
export async function registeredNames(reports: boolean): Promise<string[]> {
  const analyses = reports ? (await import('./analyses.ts')).analyses() : [];
  const named = (kind: string, names: readonly string[]): string[] => names.map((name) => `${kind} ${name}`);
  const nameOf = ({ name }: { readonly name: string }): string => name;
  return [
    ...named('method', methodNames()),
    ...named('architecture', architectureTypes()),
    ...named('optimizer', optimizerNames()),
    ...named('executor', executorNames()),
    ...named('task', taskNames()),
    ...named('metric', metricNames()),
    ...named('data source', dataSources().map(nameOf)),
    ...named('magnitude rule', magnitudeRules().map(nameOf)),
    ...named('analysis', analyses.map(nameOf)),
  ];
}
