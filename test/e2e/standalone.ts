import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bin } from './support.ts';

const built = dirname(dirname(bin));
const repository = fileURLToPath(new URL('../..', import.meta.url));
const platform = `${process.platform}-${process.arch}`;

function program(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** As scripts/package/standalone.js has it. */
const starter = `#!/bin/sh
self=$(PATH=/usr/bin:/bin:$PATH; readlink -f "$0") || self=$0
version=\${self%/*/*}
exec "$version/node/node" "$version/node_modules/pmx-cli/bin/run.js" "$@"
`;

/**
 * pmx as the standalone archive lays it out, made of what is tested here.
 * @returns the folder with bin, lib and versions
 */
export function installStandalone(folder: string, version: string): string {
  const root = join(folder, 'pmx');
  const place = join(root, 'versions', version);
  const own = join(place, 'node_modules/pmx-cli');
  for (const name of ['bin', 'dist', 'plugins', 'oclif.manifest.json', 'package.json'])
    if (existsSync(join(built, name)) && !(name === 'plugins' && existsSync(join(built, 'src'))))
      cpSync(join(built, name), join(own, name), { recursive: true });
  // What it needs of others stays where it is; the bundle has some of it within.
  symlinkSync(join(built, 'node_modules'), join(own, 'node_modules'));
  for (const name of dependenciesOf(own)) {
    const there = join(repository, 'node_modules', name);
    const here = join(place, 'node_modules', name);
    mkdirSync(dirname(here), { recursive: true });
    if (existsSync(there)) symlinkSync(there, here);
  }
  program(join(place, 'node/node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  program(join(place, 'bin/pmx'), starter);
  symlinkSync(join('versions', version), join(root, 'lib'));
  mkdirSync(join(root, 'bin'));
  symlinkSync('../lib/bin/pmx', join(root, 'bin/pmx'));
  return root;
}

function dependenciesOf(folder: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies);
}

export interface Release {
  file: string;
  archive: Buffer;
  sums: string;
}

/** A release of a pmx that says its version, and no more. @param change of the tree before it is packed */
export function makeRelease(
  folder: string,
  version: string,
  change: (place: string) => void = () => undefined,
): Release {
  const name = `pmx-${version}-${platform}`;
  const place = join(folder, name, 'versions', version);
  program(join(place, 'node/node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  program(join(place, 'bin/pmx'), starter);
  const own = join(place, 'node_modules/pmx-cli');
  program(join(own, 'bin/run.js'), `console.log('pmx ${version}');\n`);
  writeFileSync(join(own, 'package.json'), JSON.stringify({ name: 'pmx-cli', version }));
  symlinkSync(join('versions', version), join(folder, name, 'lib'));
  change(place);
  const file = `${name}.tar.gz`;
  spawnSync('tar', ['-czf', join(folder, file), '-C', folder, '-P', name]);
  return releaseOf(file, readFileSync(join(folder, file)));
}

export function releaseOf(file: string, archive: Buffer): Release {
  const digest = createHash('sha256').update(archive).digest('hex');
  return { file, archive, sums: `${digest}  ${basename(file)}\n` };
}
