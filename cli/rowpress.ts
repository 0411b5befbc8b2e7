#!/usr/bin/env node
import { systemCode } from './errors.ts';
import { main } from './main.ts';
import { processSession } from './session.ts';

process.stdout.on('error', (error) => {
  // `rowpress list | head`: the reader has seen enough.
  if (systemCode(error) === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await main(process.argv.slice(2), processSession());
