/** What a foreign adapter_config.json says, as far as our methods are it. */
import { ConfigValues } from './config-values.ts';
import type { PeftForm } from './form.ts';
import { peftForms } from './forms.ts';
import type { ModuleRules } from './modules.ts';
import { AdapterFileError } from './types.ts';

/** Keys of every type, and those of training alone, which say nothing of the weights. */
const common: ReadonlySet<string> = new Set([
  ...[
    'auto_mapping',
    'base_model_name_or_path',
    'inference_mode',
    'peft_type',
    'peft_version',
    'revision',
    'task_type',
  ],
  ...['bias', 'exclude_modules', 'layers_pattern', 'layers_to_transform', 'modules_to_save', 'target_modules'],
  ...['fan_in_fan_out', 'init_weights', 'module_dropout', 'rank_dropout', 'rank_dropout_scale', 'r', 'rank_pattern'],
]);

/** Tasks whose model is read: a classifier of sequences, a bare encoder, or one that the tensors alone tell. */
const tasks: ReadonlySet<unknown> = new Set([null, 'SEQ_CLS', 'FEATURE_EXTRACTION']);

/** A configuration of PEFT's whose type and keys are known. */
export interface PeftConfig {
  readonly form: PeftForm;
  readonly values: ConfigValues;
  readonly rules: ModuleRules;
}

/**
 * @throws AdapterFileError for an unknown `peft_type`, and for settings that our methods have not, all at once.
 */
export function peftConfig(config: Readonly<Record<string, unknown>>, where: string): PeftConfig {
  const values = new ConfigValues(config, where);
  const form = formOf(values);
  const unknown = values.said().filter((key) => !common.has(key) && !form.keys.includes(key));
  const problems = unknown.map((key) => `${key} ${JSON.stringify(values.value(key))} is not supported`);
  if ((values.value('bias') ?? 'none') !== 'none') {
    problems.push(`bias ${JSON.stringify(values.value('bias'))} is not supported; "none" is`);
  }
  const task = values.value('task_type');
  if (!tasks.has(task)) {
    problems.push(
      `task_type ${JSON.stringify(task)} is of another model; read are adapters of classifiers of sequences (SEQ_CLS) and of ` +
        'bare encoders (FEATURE_EXTRACTION)',
    );
  }
  problems.push(...(form.problems?.(values) ?? []));
  if (problems.length > 0) {
    throw new AdapterFileError(`${where} cannot be read:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return {
    form,
    values,
    rules: {
      targets: values.names('target_modules'),
      excluded: values.names('exclude_modules'),
      layers: values.numbers('layers_to_transform'),
      layersPattern: values.list('layers_pattern'),
      saved: values.list('modules_to_save'),
      classifies: task === 'SEQ_CLS',
    },
  };
}

function formOf(values: ConfigValues): PeftForm {
  const type = values.value('peft_type');
  const forms = peftForms();
  const form = forms.find((known) => known.type === type);
  if (form) return form;
  const found = type === null ? 'names no peft_type' : `has peft_type ${JSON.stringify(type)}`;
  const types = forms.map((known) => known.type).sort();
  throw new AdapterFileError(`${values.where} ${found}; read are ${types.join(', ')}.`);
}
