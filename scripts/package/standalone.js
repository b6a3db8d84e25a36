// One folder with everything, Node included: unpack it anywhere and run bin/pmx. `lib` leads to one of its
// versions, so that `pmx update` changes all of it by one link (src/lib/operations/engine/handlers/program.ts).
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../setup.js';
import { release, run } from './stage.js';

// Follows every link, also one from ~/.local/bin: what has begun with one version goes on with it.
const starter = `#!/bin/sh
self=$(PATH=/usr/bin:/bin:$PATH; readlink -f "$0") || self=$0
version=\${self%/*/*}
exec "$version/node/node" "$version/node_modules/pmx-cli/bin/run.js" "$@"
`;

/** @returns path of the tarball */
export function makeStandalone(staged, { version }) {
  const name = `pmx-${version}-${process.platform}-${process.arch}`;
  const parent = join(root, 'build', 'standalone');
  rmSync(parent, { recursive: true, force: true });
  const tree = join(parent, name);
  const place = join('versions', version);
  mkdirSync(join(tree, place, 'bin'), { recursive: true });
  cpSync(staged, join(tree, place), { recursive: true, verbatimSymlinks: true });
  const bin = join(tree, place, 'bin', 'pmx');
  writeFileSync(bin, starter);
  chmodSync(bin, 0o755);
  symlinkSync(place, join(tree, 'lib'));
  mkdirSync(join(tree, 'bin'));
  symlinkSync(join('..', 'lib', 'bin', 'pmx'), join(tree, 'bin', 'pmx'));
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
