// A process of its own: `node manifest-process.js FOLDER NAME` imports the commands of a plugin and
// writes what they declare to file descriptor 3. Whatever a plugin does while it is loaded, it does here.
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { Plugin } from '@oclif/core/config';

async function report(root: string, name: string): Promise<void> {
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Plugin['pjson'];
  const options = { root, name, pjson, isRoot: true, type: 'user', ignoreManifest: true };
  const plugin = new Plugin(options);
  const broken: Record<string, string> = {};
  // oclif warns of a command that cannot be loaded, and leaves it out.
  (plugin as unknown as { warn(error: Error, scope: string): void }).warn = (error, scope) => {
    const id = /findCommand \((.+)\)/.exec(scope)?.[1];
    if (id !== undefined) broken[id] = error.message.split('\n')[0]!;
  };
  await plugin.load();
  writeSync(3, JSON.stringify({ ...plugin.manifest, broken }));
  // Something that a plugin began while it was loaded may go on for ever.
  process.kill(process.pid, 'SIGKILL');
}

void report(process.argv[2]!, process.argv[3]!);
