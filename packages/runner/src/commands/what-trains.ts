/** A dry run's words on what each row of the table trains and holds in memory. */
import type { ModelDescription } from '@lomap/models';
import { countParameters } from '@lomap/peft';
import { memoryOf } from '../plan/memory.ts';
import type { PlannedTrial } from '../plan/plan.ts';
import { textTable } from '../progress/table.ts';

/** Of one row: trainable parameters, the head's apart and from the smallest task's to the largest's. */
export interface WhatTrains {
  readonly label: string;
  readonly adapter: number;
  readonly head: readonly [least: number, most: number];
  /** The most bytes of a trial, by a sum of sizes. */
  readonly memoryBytes: number;
}

/** The rows in the order of the trials. */
export function whatTrains(
  trials: readonly PlannedTrial[],
  described: (task: string) => ModelDescription,
): WhatTrains[] {
  const models = new Map<string, ModelDescription>();
  const modelOf = (task: string): ModelDescription => {
    const known = models.get(task) ?? described(task);
    models.set(task, known);
    return known;
  };
  const labels = [...new Set(trials.map(({ settings }) => settings.method.label))];
  return labels.map((label) => {
    const cells = new Map(
      trials.flatMap(({ settings }) => (settings.method.label === label ? [[settings.task, settings] as const] : [])),
    );
    const counts = [...cells].map(([task, { method }]) => countParameters(modelOf(task), method));
    const bytes = [...cells].map(([task, settings]) => {
      const { weights, training, activations } = memoryOf(modelOf(task), settings);
      return weights + training + activations;
    });
    const heads = counts.map(({ head }) => head);
    return {
      label,
      adapter: counts[0]!.adapter,
      head: [Math.min(...heads), Math.max(...heads)],
      memoryBytes: Math.max(...bytes),
    };
  });
}

export function whatTrainsTable(rows: readonly WhatTrains[]): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  return textTable(
    ['method', 'trainable parameters', 'and in the head', 'memory'],
    rows.map(({ label, adapter, head: [least, most], memoryBytes }) => [
      label,
      number(adapter),
      least === most ? number(least) : `${number(least)} to ${number(most)}`,
      `about ${(memoryBytes / 1e9).toPrecision(2)} GB`,
    ]),
  );
}
