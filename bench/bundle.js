// What users start is the bundle, so it is what is measured.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { root } from '../scripts/setup.js';

/** Makes the bundle anew. @returns the file to start */
export function makeBundle() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'bundle.js')], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
  return join(root, 'build', 'package', 'bin', 'run.js');
}
