// What is in a release, as CycloneDX: packages whose code was bundled, packages beside it, Node.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../setup.js';
import { bundled, release } from './stage.js';

/** @returns path of the document */
export function writeSbom({ name, version, license }) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const inside = JSON.parse(readFileSync(join(root, 'build', 'bundled.json'), 'utf8'));
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(bundled, 'package.json'), 'utf8'),
  );
  const beside = Object.keys({ ...dependencies, ...optionalDependencies }).map(
    (dependency) => `node_modules/${dependency}`,
  );
  const components = [...new Set([...inside, ...beside])]
    .filter((place) => packages[place] !== undefined && !packages[place].link)
    .sort()
    .map((place) =>
      component(place, packages[place], inside.includes(place) ? 'bundled' : 'installed beside'),
    );
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `pkg:npm/${name}@${version}`,
        name,
        version,
        licenses: [{ license: { id: license } }],
        purl: `pkg:npm/${name}@${version}`,
      },
      tools: { components: [{ type: 'application', name: 'npm run package' }] },
    },
    components: [...components, node()],
    dependencies: [
      { ref: `pkg:npm/${name}@${version}`, dependsOn: components.map((entry) => entry['bom-ref']) },
    ],
  };
  const target = join(release, `pmx-${version}.cdx.json`);
  writeFileSync(target, `${JSON.stringify(document, undefined, 2)}\n`);
  return target;
}

function component(place, entry, how) {
  const name = entry.name ?? place.split('node_modules/').at(-1);
  const [group, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const purl = `pkg:npm/${name.replace('@', '%40')}@${entry.version}`;
  const [algorithm, digest] = entry.integrity?.split('-') ?? [];
  return {
    type: 'library',
    'bom-ref': `${purl}#${place}`,
    ...(group && { group }),
    name: short,
    version: entry.version,
    purl,
    ...(entry.license && { licenses: [licence(entry.license)] }),
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
    properties: [{ name: 'pmx:how', value: how }],
  };
}

/** An SPDX id, or an expression of several. */
function licence(text) {
  return / |\(/.test(text) ? { expression: text } : { license: { id: text } };
}

function node() {
  const version = process.versions.node;
  return {
    type: 'platform',
    'bom-ref': `pkg:generic/node@${version}`,
    name: 'node',
    version,
    purl: `pkg:generic/node@${version}`,
    licenses: [{ license: { id: 'MIT' } }],
    properties: [{ name: 'pmx:how', value: 'in the .deb and the standalone archive' }],
  };
}
