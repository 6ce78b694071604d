/** The flags of `lomap export` and `lomap inspect`. */
import type { Argv } from 'yargs';

export const exportFormats = ['peft', 'peft-lora', 'merged'] as const;

export function exportOptions(y: Argv) {
  return y
    .option('adapter', {
      type: 'string',
      demandOption: true,
      describe: "the adapter's folder: one of LoMAP's, or of HF PEFT's",
      requiresArg: true,
    })
    .option('format', {
      choices: exportFormats,
      demandOption: true,
      describe: "HF PEFT's adapter of the same weights, a plain LoRA, or a whole checkpoint",
    })
    .option('base', {
      type: 'string',
      demandOption: true,
      describe: 'checkpoint folder that the adapter belongs to',
      requiresArg: true,
    })
    .option('out', { type: 'string', demandOption: true, describe: 'folder to make', requiresArg: true });
}

export function inspectOptions(y: Argv) {
  return y
    .positional('adapter', {
      type: 'string',
      demandOption: true,
      describe: "an adapter's folder: one of LoMAP's, or of HF PEFT's",
    })
    .option('base', {
      type: 'string',
      describe: 'checkpoint folder that it belongs to: what it changes there, by matrix',
      requiresArg: true,
    })
    .option('format', {
      choices: ['table', 'json'] as const,
      default: 'table' as const,
      describe: 'of what is printed',
    });
}
