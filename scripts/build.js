// Compiles what changed, then writes the manifests that oclif starts from.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { writeCatalog } from './catalog.js';
import { writeManifests } from './manifest.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-b', '.', 'plugins/sandbox'],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
await writeCatalog(root);
await writeManifests(root);
