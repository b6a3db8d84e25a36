import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { environment } from '#dist/help/environment.js';
import { settings } from '#dist/lib/config/schema/settings.js';

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
    const { status, stderr } = spawnSync(process.execPath, ['scripts/generate.js', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
  });

  it('no YAML is loaded where no YAML file is, and the keychain is not asked', () => {
    const home = mkdtempSync(join(tmpdir(), 'pmx-health-'));
    try {
      const hook = `import { registerHooks } from 'node:module';
        registerHooks({ resolve: (name, context, next) => {
          if (/^(yaml|keytar|age-encryption|got)$|keychain-helper/.test(name)) process.exit(99);
          return next(name, context);
        } });`;
      const run = (cwd: string): number | null =>
        spawnSync(
          process.execPath,
          [
            '--import',
            `data:text/javascript,${encodeURIComponent(hook)}`,
            join(root, 'bin/run.js'),
            'context',
            'list',
          ],
          { cwd, env: { PATH: process.env['PATH'], PMX_HOME: home, PMX_SYSTEM_CONFIG: '/none' } },
        ).status;
      expect(run(home)).to.equal(0);
      writeFileSync(join(home, '.pmx.yaml'), 'output: wide\n');
      expect(run(home), 'the hook sees what it shall see').to.equal(99);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('every variable of a setting is in pmx help environment', () => {
    const text = environment();
    for (const { env } of Object.values(settings))
      for (const name of env) expect(text).to.match(new RegExp(`\\b${name}\\b`));
  });

  it('nothing heavy is loaded to begin with', () => {
    const loaded = [...packagesOf(join(root, 'dist/lib/host.js'))];
    expect(loaded).to.include('@pmx-cli/kit');
    for (const heavy of ['yaml', 'conf', 'keytar', 'age-encryption', 'proper-lockfile', 'got'])
      expect(loaded).to.not.include(heavy);
  });
});
