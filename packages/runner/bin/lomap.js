#!/usr/bin/env node
// Committed as it is, so that npm can link it before anything is built.
let cli;
try {
  cli = await import('../dist/cli.js');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`lomap is not built yet (${error.message.split('\n')[0]}).\nBuild it with: npm run build`);
  process.exit(1);
}
await cli.main(process.argv.slice(2));
