// One folder with everything, Node included: unpack it anywhere and run bin/pmx.
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../setup.js';
import { release, run } from './stage.js';

/** @returns path of the tarball */
export function makeStandalone(staged, { version }) {
  const name = `pmx-${version}-${process.platform}-${process.arch}`;
  const parent = join(root, 'build', 'standalone');
  rmSync(parent, { recursive: true, force: true });
  const tree = join(parent, name);
  mkdirSync(join(tree, 'bin'), { recursive: true });
  cpSync(staged, join(tree, 'lib'), { recursive: true });
  const bin = join(tree, 'bin', 'pmx');
  writeFileSync(
    bin,
    `#!/bin/sh
# Also through a symbolic link, as from ~/.local/bin.
self=$(readlink -f "$0") || self=$0
lib=$(dirname "$(dirname "$self")")/lib
exec "$lib/node/node" "$lib/node_modules/pmx-cli/bin/run.js" "$@"
`,
  );
  chmodSync(bin, 0o755);
  const target = join(release, `${name}.tar.gz`);
  // The same files make the same archive.
  run(
    'tar',
    [
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mtime=@0',
      '-C',
      parent,
      '-czf',
      target,
      name,
    ],
    {
      env: { ...process.env, GZIP: '-n' },
    },
  );
  return target;
}
