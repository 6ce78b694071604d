/** Words as nodes of small trees: what is a kind of what, what excludes what, what is said in two ways. */

/** A meaning, and the ways to say it. */
export interface Concept {
  /** The usual word first, then synonyms. */
  readonly words: readonly string[];
  /** What it is a kind of. */
  readonly parent: Concept | null;
  /** The most general concept above it, itself if there is none. */
  readonly root: Concept;
  /** What is compared with each other: concepts of one field, neither above the other, exclude each other. */
  readonly field: string;
  readonly children: Concept[];
}

/** How the things that two concepts are true of lie to each other. */
export type ConceptRelation = 'equal' | 'narrower' | 'wider' | 'disjoint' | 'independent';

export function concept(field: string, words: string, parent: Concept | null = null): Concept {
  const children: Concept[] = [];
  const draft = { words: words.split('/').map((word) => word.replaceAll('_', ' ')), parent, field, children };
  const made: Concept = Object.assign(draft, { root: parent?.root ?? (undefined as unknown as Concept) });
  if (!parent) Object.assign(made, { root: made });
  parent?.children.push(made);
  return made;
}

/**
 * The trees of a field, from one line a node: `dog: poodle beagle`. Synonyms are joined by `/`, blanks inside a word
 * are `_`. A node's line comes after its parent's; what was named nowhere before is a root.
 */
export function trees(field: string, lines: readonly string[]): Concept[] {
  const known = new Map<string, Concept>();
  const roots: Concept[] = [];
  const add = (words: string, parent: Concept | null): Concept => {
    const made = concept(field, words, parent);
    if (known.has(made.words[0]!)) throw new Error(`The lexicon names "${words}" twice in ${field}.`);
    known.set(made.words[0]!, made);
    return made;
  };
  for (const line of lines) {
    const [name, rest] = line.split(':').map((part) => part.trim()) as [string, string | undefined];
    let node = known.get(name.split('/')[0]!.replaceAll('_', ' '));
    if (!node) roots.push((node = add(name, null)));
    for (const child of rest?.split(' ').filter(Boolean) ?? []) add(child, node);
  }
  return roots;
}

/** The concept and everything below it. */
export function below(node: Concept): Concept[] {
  return [node, ...node.children.flatMap(below)];
}

const knownLeaves = new WeakMap<Concept, readonly Concept[]>();

/** The most specific concepts below it. Asked for only after the lexicon is made. */
export function leaves(node: Concept): readonly Concept[] {
  const known = knownLeaves.get(node);
  if (known) return known;
  const found = node.children.length === 0 ? [node] : node.children.flatMap(leaves);
  knownLeaves.set(node, found);
  return found;
}

/** How a lies to b. */
export function compare(a: Concept, b: Concept): ConceptRelation {
  if (a === b) return 'equal';
  if (a.field !== b.field) return 'independent';
  if (isAbove(b, a)) return 'narrower';
  return isAbove(a, b) ? 'wider' : 'disjoint';
}

function isAbove(upper: Concept, lower: Concept): boolean {
  for (let node = lower.parent; node; node = node.parent) if (node === upper) return true;
  return false;
}
