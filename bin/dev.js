#!/usr/bin/env node
// pmx from the working tree, rebuilt first where sources changed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = spawnSync(process.execPath, [`${root}scripts/build.js`], { stdio: ['ignore', 2, 2] });
if (build.status === 0) await import('./run.js');
else process.exitCode = 2;
