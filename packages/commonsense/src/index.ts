export { DataError } from './data-error.ts';
export { type CommonsenseTask, type SplitName, task, taskNames, tasks } from './tasks.ts';
export { ANSWER_OPENING, type Question, readQuestion } from './question.ts';
export { dataSha256, loadMixture, loadSplit, MIXTURE, splitFile } from './load.ts';
export { seenInTraining, withoutCopies } from './leaks.ts';
export {
  ask,
  GENERATION,
  lesson,
  type ProtocolName,
  protocolNames,
  type ProtocolOptions,
  TRAINING_TOKENS,
} from './protocols/protocol.ts';
export { extractAnswer } from './protocols/extract.ts';
export {
  type Candidate,
  type Choice,
  type EncodedPair,
  encodePair,
  type Generation,
  type Lesson,
  type Pair,
  settle,
} from './pieces.ts';
export {
  type CommonsenseScores,
  meanOfTasks,
  type QuestionRecord,
  recordChoice,
  recordGeneration,
  scoreRecords,
  standardError,
} from './score.ts';
