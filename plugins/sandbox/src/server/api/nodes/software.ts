import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import { packageRows } from '../../host/packages.js';
import { define, index } from '../declare.js';
import { nodeAptTable as table } from '../tables/node-apt.js';
import type { Call, Route } from '../types.js';

/** The node has no way to a package server: there is never anything new. */
function refresh({ app, user, params }: Call): string {
  const what = { node: params.string('node'), type: 'aptupdate', user: user.id };
  return app.tasks.start(what, async (task) => {
    task.log('starting apt-get update');
    await task.work();
    task.log('Reading package lists...');
  });
}

function changelog({ params }: Call): never {
  throw failure(`command 'apt-get changelog -qq ${params.string('name')}' failed: exit code 100`);
}

/** `CN=pve1\nO=…` as OpenSSL prints it: `/O=…/CN=pve1`. */
function oneLine(name: string): string {
  return `/${name.split('\n').join('/')}`;
}

function keyOf({ publicKey }: X509Certificate): {
  'public-key-type': string;
  'public-key-bits': number;
} {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return publicKey.asymmetricKeyType === 'ec'
    ? {
        'public-key-type': 'id-ecPublicKey',
        'public-key-bits': namedCurve === 'prime256v1' ? 256 : 384,
      }
    : { 'public-key-type': 'rsaEncryption', 'public-key-bits': modulusLength ?? 0 };
}

/** The certificate that the sandbox made for itself. */
async function certificates(app: App): Promise<unknown[]> {
  const pem = await readFile(join(app.settings.dataDir, 'pve-ssl.pem'), 'utf8');
  const certificate = new X509Certificate(pem);
  return [
    {
      filename: 'pve-ssl.pem',
      pem,
      fingerprint: certificate.fingerprint256,
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      notbefore: Math.floor(certificate.validFromDate.getTime() / 1000),
      notafter: Math.floor(certificate.validToDate.getTime() / 1000),
      san: (certificate.subjectAltName ?? '')
        .split(', ')
        .filter((item) => item !== '')
        .map((item) => item.slice(item.indexOf(':') + 1)),
      ...keyOf(certificate),
    },
  ];
}

export const softwareRoutes: Route[] = define(table, {
  'GET /nodes/{node}/apt': index('id', 'changelog repositories update versions'),
  'GET /nodes/{node}/apt/update': ['List available updates.', () => []],
  'POST /nodes/{node}/apt/update': [
    'Resynchronize the package index files from their sources.',
    refresh,
  ],
  'GET /nodes/{node}/apt/versions': [
    'Get package information for important Proxmox packages.',
    packageRows,
  ],
  'GET /nodes/{node}/apt/repositories': [
    'Get APT repository information.',
    () => ({ files: [], errors: [], infos: [], 'standard-repos': [], digest: '0'.repeat(64) }),
  ],
  'GET /nodes/{node}/apt/changelog': ['Get package changelogs.', changelog],
  'GET /nodes/{node}/certificates': index('name', 'acme custom info'),
  'GET /nodes/{node}/certificates/acme': index('name', 'certificate'),
  'GET /nodes/{node}/certificates/info': [
    "Get information about node's certificates.",
    ({ app }) => certificates(app),
  ],
});
