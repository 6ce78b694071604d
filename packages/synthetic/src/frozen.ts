/**
 * What version 1 of the suite is. It was fixed before any run of a method on it, so that it cannot have been chosen for
 * what comes out. A change to anything that these bytes follow from is a new version, beside the old one's results.
 */
import { SUITE } from './generate.ts';

export const SYNTHETIC_SUITE = {
  ...SUITE,
  /** SHA-256 of each task's folder: see `folderSha256`. */
  sha256: {
    cola: 'b35d407c7673589acb0d343526ce108d6467689833c693c2cfe73bb0ef6c35a9',
    sst2: '590c92b5c736f62b1b343adf58f38b67a9c51ddffbec21ff7eded3c06d1b0943',
    mrpc: 'b213fff05a66fb4d00d4a4ae6270168ce239ea9c90f41cfb2be273ddc78e2439',
    stsb: '16a6d26b280109cc3ea60f54cd56e22754ae0a62cc967f37b79b9152b1be832e',
    mnli: '929f8d84a2864348b9bd1633f8bc3aee884ef8dfa18a37526d100cb04cfcd590',
    qnli: 'fc6e16fd06b199e2df6d9120aa9c260cafbb17fd95a1899c55b7a1dc4218e533',
    rte: '372641021b89c91eb470cf1e62cc09dd81d2e29662344104ba2afa00e3ab75b6',
    wnli: 'a75720aca4b34accda44536158846d7d570a62358fa13b8cc923645f130efaf2',
  },
  /** SHA-256 of the first 5,000 texts of the training corpus with seed 0, a line each. */
  corpusSha256: '79f75ab83b2dcfea1b6fa358ea5cd9bf4cfa91366a3f991925af79280c8225a1',
} as const;
