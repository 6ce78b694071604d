export { findTask, primaryReading, registerTask, taskNamed, taskNames } from './tasks.ts';
export { dataSources, findDataSource, registerDataSource } from './sources.ts';
