/** The items by key, in the order in which keys and items first come. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The distinct values, in the order in which they first come. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
