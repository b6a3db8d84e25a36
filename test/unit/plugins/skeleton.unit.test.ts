import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';
import { format, resolveConfig } from 'prettier';

import { planNew } from '#dist/lib/operations/plugins/new.js';
import { skeleton } from '#dist/lib/operations/plugins/skeleton.js';

const example = fileURLToPath(new URL('../../../docs/examples/pmx-plugin-note/', import.meta.url));

describe('a new plugin', () => {
  it('is what docs/examples shows', async () => {
    const files = skeleton('pmx-plugin-note', 'note');
    const there = readdirSync(example, { recursive: true, encoding: 'utf8' }).filter(
      (path) => !path.startsWith('node_modules') && statSync(`${example}${path}`).isFile(),
    );
    expect(there.sort()).to.deep.equal(Object.keys(files).sort());
    for (const [path, content] of Object.entries(files)) {
      const options = { ...(await resolveConfig(`${example}x.ts`)), filepath: path };
      const shown = readFileSync(`${example}${path}`, 'utf8');
      expect(await format(shown, options), path).to.equal(await format(content, options));
    }
  });

  const names: Array<[given: string, name: string, noun: string]> = [
    ['ceph', 'pmx-plugin-ceph', 'ceph'],
    ['pmx-plugin-ceph', 'pmx-plugin-ceph', 'ceph'],
    ['@acme/ceph', '@acme/ceph', 'ceph'],
    ['@acme/pmx-plugin-my-disks', '@acme/pmx-plugin-my-disks', 'my-disks'],
  ];
  for (const [given, name, noun] of names)
    it(`${given}: package ${name}, pmx ${noun}`, () => {
      const { target, steps } = planNew(given, '/nowhere');
      expect(target).to.equal(name);
      const [{ args }] = steps as unknown as [{ args: { files: Record<string, string> } }];
      expect(Object.keys(args.files)).to.include(`commands/${noun}/list.js`);
    });

  for (const given of ['Ceph', '../x', '9lives', '@acme/', 'a b'])
    it(`'${given}' is no name`, () => {
      expect(() => planNew(given, '/nowhere'))
        .to.throw()
        .with.property('code', 'PMX_INVALID_PLUGIN');
    });
});
