/** The methods that every benchmark times. */
export const methodNames = ['lora', 'dora', 'lomap'] as const;

/** What `step` can time: other updates of HF PEFT too, which JAX's peer (`peers/jax_step.py`) lacks. */
export const stepMethodNames = [...methodNames, 'vera', 'loha', 'lokr', 'delora'] as const;

export type MethodName = (typeof stepMethodNames)[number];

/** Rank of every adapter unless a benchmark varies it; loraAlpha, where a method has one, is twice that. */
export const RANK = 8;
