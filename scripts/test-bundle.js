// npm run test:bundle [NAME…]: makes the bundle, then runs the tests that start pmx against it instead
// of the build of the sources. NAME: a file in test/e2e, without its ending.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

import { ownNode, root } from './setup.js';

const names = process.argv.slice(2);
const files =
  names.length > 0
    ? names.map((name) => join('test', 'e2e', `${name}.e2e.test.ts`))
    : globSync('test/e2e/**/*.e2e.test.ts', { cwd: root }).sort();
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(PMX|PVE)_|^NODE_ENV$|^FORCE_COLOR$/.test(name),
  ),
);
const bundled = join(root, 'build', 'package', 'bin', 'run.js');

for (const [script, ...args] of [
  [join(root, 'scripts', 'bundle.js')],
  [join(root, 'scripts', 'run-mocha.js'), ...files],
]) {
  const { status } = spawnSync(ownNode, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, PMX_TEST_BIN: bundled },
  });
  if (status !== 0) {
    process.exitCode = 1;
    break;
  }
}
