export { JsonError, parseJson } from './json.ts';
export { replaceFile, writeWhole } from './write-whole.ts';
export { codeOf, failureOf, reasonOf } from './system-error.ts';
export { didYouMean, nearest } from './nearest.ts';
