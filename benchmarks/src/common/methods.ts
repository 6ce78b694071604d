/** The methods that benchmarks time. */
export const methodNames = ['lora', 'dora', 'lomap'] as const;

export type MethodName = (typeof methodNames)[number];

/** Rank of every adapter unless a benchmark varies it; loraAlpha is twice that. */
export const RANK = 8;
