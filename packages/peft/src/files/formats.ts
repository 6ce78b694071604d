/** Which of HF PEFT's forms hold an adapter exactly, by writing them. */
import { checkMethod } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import type { TrainedAdapter } from './bound.ts';
import { checkForm } from './converted.ts';
import { directForm } from './forms.ts';
import { UnknownWeightError } from './inferred.ts';
import { NotExactError } from './types.ts';
import { loraFiles, peftFiles } from './write.ts';

/** Whether a format holds an adapter exactly: null where that depends on the base's weights, which are not there. */
export interface Verdict {
  readonly exact: boolean | null;
  /** Why it does not; null where it does, or may. */
  readonly reason: string | null;
}

/**
 * What `peftFiles` and `loraFiles` say of an adapter.
 *
 * @param trained the adapter; null where its files do not tell of which modules it is, and no base is there
 */
export function peftVerdicts(
  settings: MethodSettings,
  trained: TrainedAdapter | null,
): { readonly peft: Verdict; readonly 'peft-lora': Verdict } {
  const byForm = (): void => {
    checkForm(settings, checkMethod(settings).adapter(settings, []));
    throw new UnknownWeightError(`${settings.name} depends on the base's weights.`);
  };
  return {
    // Tensors that PEFT has too are exact whatever they are.
    peft: verdict(() => directForm(settings) ?? (trained ? peftFiles(trained) : byForm())),
    'peft-lora': verdict(() => (trained ? loraFiles(trained) : byForm())),
  };
}

function verdict(write: () => unknown): Verdict {
  try {
    write();
    return { exact: true, reason: null };
  } catch (error) {
    if (error instanceof NotExactError) return { exact: false, reason: error.message };
    if (error instanceof UnknownWeightError) return { exact: null, reason: null };
    throw error;
  }
}
