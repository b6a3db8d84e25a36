// Compiles what changed, then writes the manifests that oclif starts from.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { writeCatalog } from './catalog.js';
import { writeCloudInitSchemas, writeSnippets } from './cloudinit.js';
import { writeIndex } from './command-index.js';
import { writeCompletionIndex, writeManifests } from './manifest.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-b', '.', 'plugins/sandbox'],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
removeStaleCommands();
await writeCatalog(root);
writeCloudInitSchemas(root);
await writeSnippets(root);
await writeManifests(root);
writeIndex(root);
writeCompletionIndex(root);

/** oclif loads whatever lies in the folder of commands, also what another branch left there. */
function removeStaleCommands() {
  for (const name of ['.', 'plugins/sandbox']) {
    const commands = join(root, name, 'dist', 'commands');
    for (const file of globSync('**/*.js', { cwd: commands })) {
      const stem = file.slice(0, -'.js'.length);
      if (existsSync(join(root, name, 'src', 'commands', `${stem}.ts`))) continue;
      for (const end of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
        rmSync(join(commands, stem + end), { force: true });
    }
  }
}
