import { z } from 'zod';

/** What is measured of forgetting after each epoch, beside the score on the selection split. */
export const forgettingSchema = z.strictObject({
  /** Held-out texts of the corpus that the encoder was pretrained on, for the loss of its masked-LM head. */
  maskedLm: z.strictObject({ corpus: z.string(), texts: z.number().int().positive() }).nullable(),
  /**
   * A task that the whole encoder is fine-tuned on first; the trial starts from that encoder with a fresh head, and the
   * task is tested again with the head it was learned with. What is not here is as in `training`.
   */
  previous: z
    .strictObject({
      task: z.string(),
      dataSha256: z.string(),
      learningRate: z.number().positive(),
      epochs: z.number().positive(),
      maxTrainSamples: z.number().int().positive().nullable(),
    })
    .nullable(),
});

export type Forgetting = z.infer<typeof forgettingSchema>;
