import { architectureTypes } from '@lomap/models';
import { methodNames } from '@lomap/peft';
import { optimizerNames } from '@lomap/train';
import { executorNames } from '../executors/registry.ts';

/** Everything that modules can register, as `method lora`. */
export function registeredNames(): string[] {
  const named = (kind: string, names: readonly string[]): string[] => names.map((name) => `${kind} ${name}`);
  return [
    ...named('method', methodNames()),
    ...named('architecture', architectureTypes()),
    ...named('optimizer', optimizerNames()),
    ...named('executor', executorNames()),
  ];
}
