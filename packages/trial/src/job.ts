/** What a trial is given and what comes of it. */
import type { AdapterFiles } from '@lomap/peft';
import type { Prediction, Provenance, Trial, TrialResult } from '@lomap/results';

/** What is the same for all trials of a sweep; the trial adds the device that it really got. */
export type RunProvenance = Omit<Provenance, 'device' | 'modelSha256' | 'dataSha256'>;

/** One trial and everything that running it takes. */
export interface TrialJob extends Pick<Trial, 'id' | 'sweep' | 'purpose' | 'settings' | 'notes'> {
  /** 1 at the first start. */
  readonly attempt: number;
  readonly threads: number;
  readonly checkpointEverySteps: number;
  /** Whether a trial's adapter is left beside its result. Absent: no. */
  readonly keepAdapters?: boolean | undefined;
  /** Whether the process ends with the trial, so that memory and times are the trial's own; absent: it goes on. */
  readonly ownProcess?: boolean | undefined;
  /** Folders: the model's, the data's, one for compiled functions and encoders, and where this trial keeps its checkpoint. */
  readonly paths: {
    readonly model: string;
    readonly data: string;
    readonly cache: string;
    readonly checkpoint: string;
  };
  readonly provenance: RunProvenance;
}

/** What a trial tells while it runs, beside what it does (`Oversight`). */
export type TrialEvent =
  | { readonly type: 'step'; readonly step: number; readonly steps: number; readonly loss: number }
  | { readonly type: 'epoch'; readonly epoch: number; readonly metric: string; readonly score: number }
  | { readonly type: 'note'; readonly text: string };

/** What a trial leaves. */
export interface FinishedTrial {
  readonly result: TrialResult;
  /** Of dev; none where the trial does not touch it. */
  readonly predictions: readonly Prediction[];
  /** Null where none is kept. */
  readonly adapter: AdapterFiles | null;
}
