/** The prompts of LLM-Adapters, byte for byte, and one without their accidents. */
import type { Question } from '../question.ts';

/**
 * `llm-adapters`: what finetune.py and commonsense_evaluate.py write (AGI-Edgerunners/LLM-Adapters 8166572). They differ
 * in two places, and the prompt of evaluation ends inside a run of spaces; all published numbers have been made so.
 * `clean`: the Alpaca prompt without indentation, the same in training and evaluation.
 */
export type PromptName = 'llm-adapters' | 'clean';

const SENTENCE =
  'Below is an instruction that describes a task. Write a response that appropriately completes the request.';
const INDENT = ' '.repeat(16);
/** What stands before a response. Whatever a model writes is cut at the next one. */
export const RESPONSE = '### Response:';

/** What a model reads before the output that it is trained on. */
export function trainingPrompt({ instruction }: Question, prompt: PromptName): string {
  if (prompt === 'clean') return clean(instruction);
  return (
    `${SENTENCE}  \n\n${INDENT}### Instruction:\n${INDENT}${instruction}\n` +
    `${INDENT}\n${INDENT}${RESPONSE}\n${INDENT}`
  );
}

/** What a model reads before it answers. */
export function evaluationPrompt({ instruction }: Question, prompt: PromptName): string {
  if (prompt === 'clean') return clean(instruction);
  return `${SENTENCE} \n\n${INDENT}### Instruction:\n${INDENT}${instruction}\n\n${INDENT}${RESPONSE}\n${INDENT}`;
}

function clean(instruction: string): string {
  return `${SENTENCE}\n\n### Instruction:\n${instruction}\n\n${RESPONSE}\n`;
}
