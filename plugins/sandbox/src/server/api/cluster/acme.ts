import { failure } from '../../errors.js';
import { ACME_DIRECTORIES, challengeRows } from '../../host/acme.js';
import { define, index } from '../declare.js';
import { sectionDigest } from '../sections.js';
import { clusterAcmeTable as table } from '../tables/cluster-acme.js';
import type { Call, Route } from '../types.js';

/** The only plugin of a new cluster. */
const STANDALONE = { plugin: 'standalone', type: 'standalone' };

/** The sandbox has no way to the internet, as the recorded server had none. */
function unreachable({ params }: Call): never {
  const url = params.optionalString('directory') ?? ACME_DIRECTORIES[0].url;
  const { protocol, host } = new URL(url);
  const why = 'Temporary failure in name resolution';
  throw failure(
    `Error: GET to ${url}\nCan't connect to ${host}:${protocol === 'http:' ? 80 : 443} (${why})\n\n` +
      `${why} at /usr/share/perl5/LWP/Protocol/http.pm line 49.\n\n`,
  );
}

export const acmeRoutes: Route[] = define(table, {
  'GET /cluster/acme': index('name', 'account tos meta directories plugins challenge-schema'),
  'GET /cluster/acme/account': ['ACMEAccount index.', () => []],
  'GET /cluster/acme/account/{name}': [
    'Return existing ACME account information.',
    ({ params }) => {
      const name = params.optionalString('name') ?? 'default';
      throw failure(`ACME account config file '${name}' does not exist.`);
    },
  ],
  'GET /cluster/acme/challenge-schema': ['Get schema of ACME challenge types.', challengeRows],
  'GET /cluster/acme/directories': [
    'Get named known ACME directory endpoints.',
    () => ACME_DIRECTORIES,
  ],
  'GET /cluster/acme/meta': ['Retrieve ACME Directory Meta Information', unreachable],
  'GET /cluster/acme/tos': ['Retrieve ACME TermsOfService URL from CA.', unreachable],
  'GET /cluster/acme/plugins': [
    'ACME plugin index.',
    ({ params }) =>
      (params.optionalString('type') ?? 'standalone') === 'standalone'
        ? [{ ...STANDALONE, digest: sectionDigest({}) }]
        : [],
  ],
  'GET /cluster/acme/plugins/{id}': [
    'Get ACME plugin configuration.',
    ({ params }) => {
      const id = params.string('id');
      if (id !== STANDALONE.plugin) throw failure(`ACME plugin '${id}' not defined`);
      return { ...STANDALONE, digest: sectionDigest({}) };
    },
  ],
});
