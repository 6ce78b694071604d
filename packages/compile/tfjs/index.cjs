/**
 * TensorFlow.js for an ES module. Imported from one directly, Node would first parse its megabytes and those of all that
 * it exports again, for their names; here it finds none, and the default export is the whole.
 */
'use strict';
const tf = require('@tensorflow/tfjs');
module.exports = tf;
