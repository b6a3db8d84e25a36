import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that a module and everything it imports statically load. */
function packagesOf(path: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(path) || !existsSync(path)) return packages;
  seen.add(path);
  const source = readFileSync(path, 'utf8');
  for (const [, name] of source.matchAll(/^\s*(?:import|export)\b[^;]*?from\s*'([^']+)'/gm)) {
    if (!name!.startsWith('.')) packages.add(name!);
    else for (const inner of packagesOf(join(dirname(path), name!), seen)) packages.add(inner);
  }
  return packages;
}

describe('configuration', () => {
  it('schema and docs are fresh', function () {
    this.timeout(60_000);
    const { status, stderr } = spawnSync(process.execPath, ['scripts/schemas.js', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
  });

  it('nothing heavy is loaded to begin with', () => {
    const loaded = [...packagesOf(join(root, 'dist/lib/host.js'))];
    expect(loaded).to.include('@pmx-cli/kit');
    for (const heavy of ['yaml', 'conf', 'keytar', 'age-encryption', 'proper-lockfile', 'got'])
      expect(loaded).to.not.include(heavy);
  });
});
