import type { HostTensor, tf } from '@lomap/compile';

/**
 * One packed batch: N is the number of real tokens of its B examples, S the longest example's length.
 *
 * Linear layers, layer norms and activations see the N packed rows; only attention sees [B, S]. A padding point of
 * `toPadded` holds N, one past the last packed row. The same batch packed or padded has the
 * same loss and gradients, to rounding.
 */
export interface PackedBatch<T> {
  /** Token ids. int32 [N] */
  readonly inputIds: T;
  /** Position of each token in its example. int32 [N] */
  readonly positionIds: T;
  /** Segment of each token. int32 [N] */
  readonly tokenTypeIds: T;
  /** Packed row of each padded point, N where there is none. int32 [B·S] */
  readonly toPadded: T;
  /** Padded point of each packed row. int32 [N] */
  readonly toPacked: T;
  /** Example e of the row that is e's first token, B of every other row: where the gradient of `firstRow` goes. int32 [N] */
  readonly rowToExample: T;
  /** Packed row of each example's first token. int32 [B] */
  readonly firstRow: T;
  /** Example e of the row that is e's last token, B of every other row: where the gradient of `lastRow` goes. int32 [N] */
  readonly rowToLast: T;
  /** Packed row of each example's last token. int32 [B] */
  readonly lastRow: T;
  /** 0 at real tokens, -1e9 at padding: added to attention's scores. float32 [B, 1, 1, S] */
  readonly mask: T;
  /** Class (as a float) or regression target. float32 [B] */
  readonly labels: T;
  /** Weight of each example in the loss; 0 for the fillers of a short last batch. float32 [B] */
  readonly weights: T;
}

/** A packed batch on the host. */
export type HostBatch = PackedBatch<HostTensor>;

/** A packed batch inside a traced or eager function. */
export type TensorBatch = PackedBatch<tf.Tensor>;
