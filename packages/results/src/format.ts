import type { TrialResult } from './schema/result.ts';

/** The text of a result.json. Equal results give equal bytes. */
export function formatResult(result: TrialResult): string {
  return formatJson(result);
}

/**
 * The text of a JSON file: keys sorted at every level, two spaces of indentation, an array of scalars on one line (so
 * that a curve is one line of a diff), numbers in their shortest round-trip form. Equal values give equal bytes.
 */
export function formatJson(value: unknown): string {
  return `${format(value, '')}\n`;
}

function format(value: unknown, indent: string): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== 'object')) {
      return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    }
    return `[\n${value.map((item) => deeper + format(item, deeper)).join(',\n')}\n${indent}]`;
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (entries.length === 0) return '{}';
    const lines = entries.map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${format(item, deeper)}`);
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}
