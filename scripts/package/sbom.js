// What is in a release, as CycloneDX: packages whose code was bundled, packages beside it, Node.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../setup.js';
import { installed, release } from './stage.js';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * @param {{ name: string, version: string, license: string }} pjson
 * @param {string} staged folder with everything that is installed
 * @returns path of the document
 */
export function writeSbom({ name, version, license }, staged) {
  const { packages } = readJson(join(root, 'package-lock.json'));
  const inside = readJson(join(root, 'build', 'bundled.json'))
    .filter((place) => packages[place] !== undefined && !packages[place].link)
    .map((place) => component(place, packages[place], 'bundled'));
  const beside = installed(staged).map((place) => {
    const pjson = readJson(join(staged, place, 'package.json'));
    const known = packages[place]?.version === pjson.version ? packages[place] : {};
    return component(place, { ...pjson, integrity: known.integrity }, 'installed beside');
  });
  const components = [...inside, ...beside].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
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
    'bom-ref': `${purl}#${how === 'bundled' ? 'bundled/' : ''}${place}`,
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

/** An SPDX id, or an expression of several; old packages have an object, or words of their own. */
function licence(given) {
  const text = typeof given === 'string' ? given : (given.type ?? 'unknown');
  if (/^\(|\b(?:OR|AND|WITH)\b/.test(text)) return { expression: text };
  return { license: /^[\w.+-]+$/.test(text) ? { id: text } : { name: text } };
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
