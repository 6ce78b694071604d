/** The flags of `lomap export` and `lomap inspect`. */
import type { Argv } from 'yargs';
import { folderOption, notOther } from './path-options.ts';
import { pluginsOption } from './plugins-option.ts';

export const exportFormats = ['peft', 'peft-lora', 'merged'] as const;

/** What a merged checkpoint's weights may be written in. */
export const weightTypes = ['float32', 'float16', 'bfloat16'] as const;

export function exportOptions(y: Argv) {
  return y
    .option('adapter', {
      ...folderOption('--adapter', "the adapter's folder: one of LoMAP's, or of HF PEFT's"),
      demandOption: true,
    })
    .option('format', {
      choices: exportFormats,
      demandOption: true,
      describe: "HF PEFT's adapter of the same weights, a plain LoRA, or a whole checkpoint",
    })
    .option('base', {
      ...folderOption('--base', 'checkpoint folder that the adapter belongs to'),
      demandOption: true,
    })
    .option('out', { ...folderOption('--out', 'folder to make'), demandOption: true })
    .option('plugins', pluginsOption)
    .option('dtype', {
      choices: weightTypes,
      describe: 'what a merged checkpoint is written in; by default what each of its tensors has in the base',
    });
}

export function inspectOptions(y: Argv) {
  return y
    .positional('adapter', {
      type: 'string',
      demandOption: true,
      describe: "an adapter's folder: one of LoMAP's, or of HF PEFT's",
      coerce: notOther('The adapter', 'folder'),
    })
    .option('base', folderOption('--base', 'checkpoint folder that it belongs to: what it changes there, by matrix'))
    .option('plugins', pluginsOption)
    .option('format', {
      choices: ['table', 'json'] as const,
      default: 'table' as const,
      describe: 'of what is printed',
    });
}
