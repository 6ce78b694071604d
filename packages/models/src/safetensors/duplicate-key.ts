/**
 * The first key that occurs twice in one object of a JSON text, or null. JSON.parse keeps the last of them in silence,
 * so that two readers of a file can see two different tensors.
 *
 * @param json a text that JSON.parse accepts.
 */
export function duplicateKey(json: string): string | null {
  const open: (Set<string> | null)[] = []; // the keys of each open object so far, null for an array
  let last = '';
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const keys = open.at(-1);
      const key: unknown = JSON.parse(last); // unescaped, so that "\u0061" is "a"
      if (typeof key !== 'string' || !keys) continue;
      if (keys.has(key)) return key;
      keys.add(key);
    } else last = token;
  }
  return null;
}
