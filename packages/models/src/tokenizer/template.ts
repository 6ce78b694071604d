/** Where a tokenizer puts its special tokens, and which segment each token is of. */
import { z } from 'zod';

/** A place of a template: a token with its id, or the first or second text's tokens. */
export interface Piece {
  readonly id: number | 'A' | 'B';
  readonly type: number;
}

/** Templates of one text and of a pair. */
export interface Template {
  readonly single: readonly Piece[];
  readonly pair: readonly Piece[];
}

/** BERT's: [CLS] A [SEP] and [CLS] A [SEP] B [SEP], the second text and the last [SEP] being segment 1. */
export function bertTemplate(cls: number, sep: number): Template {
  const single: Piece[] = [cls, 'A' as const, sep].map((id) => ({ id, type: 0 }));
  return { single, pair: [...single, { id: 'B', type: 1 }, { id: sep, type: 1 }] };
}

const token = z.tuple([z.string(), z.int().nonnegative()]);
const placed = z.object({ id: z.string(), type_id: z.int().nonnegative() });
const pieces = z.array(
  z.union([
    z.strictObject({ SpecialToken: placed }),
    z.strictObject({ Sequence: placed.extend({ id: z.enum(['A', 'B']) }) }),
  ]),
);
const schema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('BertProcessing'), sep: token, cls: token }),
  z.object({
    type: z.literal('TemplateProcessing'),
    single: pieces,
    pair: pieces,
    special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int().nonnegative()) })),
  }),
]);

/** The template of a tokenizer.json's `post_processor`; a sentence about what is wrong where it is none that is read. */
export function parseTemplate(postProcessor: unknown): Template | string {
  const parsed = schema.safeParse(postProcessor);
  if (!parsed.success) return 'its post_processor is neither a BertProcessing nor a TemplateProcessing that is whole';
  if (parsed.data.type === 'BertProcessing') return bertTemplate(parsed.data.cls[1], parsed.data.sep[1]);
  const { single, pair, special_tokens } = parsed.data;
  const places = (template: z.infer<typeof pieces>): Piece[] | null => {
    const found = template.flatMap((piece): Piece[] | null[] => {
      if ('Sequence' in piece) return [{ id: piece.Sequence.id, type: piece.Sequence.type_id }];
      const { id, type_id } = piece.SpecialToken;
      const ids = Object.hasOwn(special_tokens, id) ? special_tokens[id]!.ids : null;
      return ids ? ids.map((one) => ({ id: one, type: type_id })) : [null];
    });
    return found.includes(null) ? null : (found as Piece[]);
  };
  const [one, two] = [places(single), places(pair)];
  if (!one || !two) return 'its post_processor names a special token without an id';
  const texts = (template: Piece[]): string =>
    template.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])).join('');
  if (texts(one) !== 'A' || texts(two) !== 'AB') return 'its post_processor does not take each text once';
  return { single: one, pair: two };
}
