import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { violation } from '../../scripts/lint/layers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const packages = ['.', 'plugins/kit', 'plugins/sandbox'];

interface Package {
  name: string;
  version: string;
  license: string;
  engines: { node: string };
  dependencies?: Record<string, string>;
}

const manifest = (name: string): Package => JSON.parse(read(join(name, 'package.json'))) as Package;

describe('structure', () => {
  it('docs/architecture.md follows a delete in at most seven files that exist', () => {
    const rows = [...read('docs/architecture.md').matchAll(/^\|\s+\d\s+\|\s+`([^`]+)`\s+\|/gm)].map(
      (match) => match[1]!,
    );
    expect(rows.length).to.be.within(1, 7);
    for (const path of rows) expect(existsSync(join(root, path)), path).to.equal(true);
  });

  it('docs/architecture.md names every step kind, and no other', () => {
    const declared = globSync('plugins/kit/src/plan/*.ts', { cwd: root }).flatMap((file) => {
      const [, rows = ''] =
        /interface \w*StepArgs\s+(?:extends\s[^{]+)?\{\n([^}]*)\}/.exec(read(file)) ?? [];
      return [...rows.matchAll(/^ {2}'([\w.-]+)':/gm)].map(([, kind]) => kind!);
    });
    const [, section = ''] = read('docs/architecture.md').split('### Step kinds\n');
    const table = section
      .split('\n### ')[0]!
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const named = table.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, kind]) => kind!),
    );
    expect(declared).to.include.members(['pve.call', 'guest.exec']);
    expect(named.sort()).to.deep.equal(declared.sort());
  });

  const forbidden: Array<[file: string, source: string]> = [
    ['src/commands/vm/list.ts', '../../lib/api/index.js'],
    ['src/commands/vm/list.ts', 'got'],
    ['src/commands/vm/list.ts', 'node:child_process'],
    ['src/lib/output/table.ts', '../api/index.js'],
    ['src/lib/output/table.ts', '../operations/vm/create.js'],
    ['src/lib/api/client.ts', '../operations/check.js'],
    ['src/lib/config/contexts.ts', '../auth/credentials.js'],
    ['src/lib/operations/vm/create.ts', '../../output/index.js'],
    ['src/lib/operations/vm/create.ts', '../../../commands/vm/create.js'],
    ['plugins/sandbox/src/control/plans.ts', '../../../../src/lib/api/index.js'],
    ['plugins/sandbox/src/commands/sandbox/env.ts', '@oclif/core'],
    ['plugins/kit/src/index.ts', '../../../src/lib/host.js'],
  ];
  for (const [file, source] of forbidden) {
    it(`${file} must not import ${source}`, () => {
      expect(violation(file, source)).to.be.a('string');
    });
  }

  const allowed: Array<[file: string, source: string]> = [
    ['src/commands/vm/delete.ts', '../../lib/operations/vm/delete.js'],
    ['src/lib/operations/engine/handlers/process.ts', 'node:child_process'],
    ['src/lib/api/transport.ts', 'got'],
    ['src/lib/host.ts', './api/types.js'],
    ['plugins/sandbox/src/control/plans.ts', '@pmx-cli/kit'],
  ];
  for (const [file, source] of allowed) {
    it(`${file} may import ${source}`, () => {
      expect(violation(file, source)).to.equal(undefined);
    });
  }

  it('no code of proxmox-api (GPL-3.0) is used at run time, or shipped', () => {
    const built = globSync('{dist,plugins/*/dist}/**/*.js', { cwd: root });
    expect(built.length).to.be.greaterThan(100);
    for (const file of built) {
      expect(read(file), file).to.not.match(/(from|import\(|require\()\s*['"]proxmox-api/);
    }
    for (const name of packages) {
      expect(Object.keys(manifest(name).dependencies ?? {})).to.not.include('proxmox-api');
    }
  });

  it('all packages have one licence, one version, one Node floor, and agree on dependencies', () => {
    const first = manifest('.');
    const seen: Record<string, string> = {};
    for (const name of packages) {
      const { license, version, engines, dependencies = {} } = manifest(name);
      expect({ license, version, engines }).to.deep.equal({
        license: 'Apache-2.0',
        version: first.version,
        engines: first.engines,
      });
      for (const [dependency, range] of Object.entries(dependencies)) {
        expect(range, dependency).to.equal((seen[dependency] ??= range));
      }
    }
  });

  it('the exports of kit resolve, and kit knows its version', async () => {
    const kit = await import('@pmx-cli/kit');
    expect(kit.kitVersion).to.equal(manifest('plugins/kit').version);
    expect(kit.ChangeCommand).to.be.a('function');
    expect(await import('@pmx-cli/kit/errors')).to.have.property('PmxError');
    expect(await import('@pmx-cli/kit/testing')).to.have.property('createFakeHost');
  });

  it('the sub-path for errors does not load oclif', () => {
    const loaded = globSync('plugins/kit/dist/errors/*.js', { cwd: root }).map(read).join('\n');
    expect(loaded).to.not.include('@oclif');
    expect(read('plugins/kit/dist/names.js')).to.not.include('import');
  });
});
