// npm run test:package: makes the packages of a release, then installs them where nothing of pmx is.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

import { ownNode, root } from './setup.js';

const files = globSync('test/package/*.package.test.ts', { cwd: root }).sort();
for (const args of [['scripts/package.js'], ['scripts/run-mocha.js', ...files]]) {
  const { status } = spawnSync(ownNode, [join(root, args[0]), ...args.slice(1)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    process.exitCode = 1;
    break;
  }
}
