export { syntheticSource, writeSyntheticSuite, type WrittenSuite } from './suite.ts';
export { SYNTHETIC_SUITE } from './frozen.ts';
export { type CorpusOptions, pretrainingCorpus } from './corpus.ts';
