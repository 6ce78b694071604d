/** For the specs of packages that build on this one: every row of the behaviour matrix, and its model. */
export { methodRows, updateRows, type Row } from './testing/rows.ts';
export { plainContext, tinyForward, tinyModel } from './testing/tiny-model.ts';
