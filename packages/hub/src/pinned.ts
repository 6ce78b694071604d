/**
 * The revisions that names without one stand for, so that a command in the documentation means the same bytes every day.
 *
 * They could not be checked against huggingface.co where this was written, which has no access to it. The commits and
 * hashes are those that several public repositories name for these files; the model's hashes are also those of a copy that
 * the project's results were made with. Files without a hash here are checked against what the hub says of them.
 * `org/name@revision` chooses another revision.
 */
import type { RepositoryType } from './repository.ts';

/** A commit of a repository. */
export interface Pinned {
  /** The commit, 40 hexadecimal digits. */
  readonly revision: string;
  /** SHA-256 (hex) of files at that commit, by path. */
  readonly sha256: Readonly<Record<string, string>>;
}

const PINNED: Readonly<Record<RepositoryType, Readonly<Record<string, Pinned>>>> = {
  model: {
    'sentence-transformers/all-MiniLM-L6-v2': {
      revision: '1110a243fdf4706b3f48f1d95db1a4f5529b4d41',
      sha256: {
        'config.json': '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
        'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
        'special_tokens_map.json': '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3',
        'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
        'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
        'vocab.txt': '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
      },
    },
  },
  dataset: {
    'nyu-mll/glue': {
      revision: 'bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c',
      sha256: {
        'mrpc/train-00000-of-00001.parquet': '61fd41301e0e244b0420c4350a170c8e7cf64740335fc875a4af2d79af0df0af',
        'mrpc/validation-00000-of-00001.parquet': '33c007dbf5bfa8463d87a13e6226df8c0fcf2596c2cd39d0f3bb79754e00f50f',
        'sst2/train-00000-of-00001.parquet': '66a253e67968acfabcbe49dbe9da964b42ac1c851c40ab760e8c8942efdb3229',
        'sst2/validation-00000-of-00001.parquet': 'a1371f3b3a7b0bcefa8388799a9359dc3ce76c349cc0079507a7991364fd2a9b',
      },
    },
  },
};

/** The commit that a repository's name without a revision stands for; null where its branch `main` does. */
export function pinnedRevision(type: RepositoryType, repository: string): Pinned | null {
  return Object.hasOwn(PINNED[type], repository) ? PINNED[type][repository]! : null;
}
