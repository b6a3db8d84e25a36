import { ProxmoxError } from '@pmx-cli/kit/errors';
import {
  createFakeHost,
  type FakeHostOptions,
  type FakeRoutes,
  runCommand,
} from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import AuthTest from '#dist/commands/auth/test.js';
import Whoami from '#dist/commands/whoami.js';

const endpoint = 'https://pve.test:8006';
const contexts = { lab: { endpoint, tokenId: 'ci@pve!pmx' } };
const token = '/access/users/ci%40pve/token/pmx';
const days = (count: number) => new Date(Date.now() + count * 24 * 60 * 60 * 1000);
const denied = () => {
  throw new ProxmoxError({ code: 'PMX_PERMISSION_DENIED', message: 'no.' });
};
const pve: FakeRoutes = {
  '/version': { version: '9.2.11' },
  [token]: { privsep: 1, expire: 0 },
  '/cluster/resources': [
    { type: 'node' },
    { type: 'qemu' },
    { type: 'lxc' },
    { type: 'storage' },
    { type: 'sdn' },
  ],
  '/access/permissions': { '/': { 'VM.Audit': 1, 'Sys.Audit': 1 }, '/vms': { 'VM.Audit': 1 } },
};
const host = (options: FakeHostOptions = {}) =>
  createFakeHost({ contexts, pve, servers: { [endpoint]: {} }, ...options });

describe('pmx whoami', () => {
  it('tells user, realm, token, server, context and the source of the secret', async () => {
    const { json, exitCode } = await runCommand(Whoami, ['--json'], { host: host() });
    expect(exitCode).to.equal(0);
    expect(json).to.deep.equal({
      user: 'ci@pve',
      realm: 'pve',
      token: { name: 'pmx', privilegeSeparated: true, expires: null, visible: true },
      endpoint,
      context: 'lab',
      secretFrom: 'stored',
      trust: 'system',
      proxy: null,
      version: '9.2.11',
    });
  });

  it('says in words what a token may not read about itself', async () => {
    const { stdout } = await runCommand(Whoami, [], {
      host: host({ pve: { ...pve, [token]: denied } }),
    });
    expect(stdout).to.contain('the token may not read about itself');
    expect(stdout).to.not.contain('Token expires');
  });

  it('says when the token expires', async () => {
    const expire = Math.floor(days(5).getTime() / 1000);
    const { stdout } = await runCommand(Whoami, [], {
      host: host({ pve: { ...pve, [token]: { privsep: 0, expire } } }),
    });
    expect(stdout).to.contain(days(5).toISOString().slice(0, 10));
    expect(stdout).to.contain('it has all that its user has');
  });

  it('tells a user without a token, whose realm is behind the last @', async () => {
    const person = { desk: { endpoint, user: 'jane@corp.test@ad' } };
    const { json } = await runCommand(Whoami, ['--json'], { host: host({ contexts: person }) });
    expect(json).to.include({ user: 'jane@corp.test@ad', realm: 'ad', token: null });
  });

  it('ends with 3 when the server does not take the credentials', async () => {
    const refused = () => {
      throw new ProxmoxError({ code: 'PMX_AUTH_FAILED', message: 'no.' });
    };
    const run = await runCommand(Whoami, [], { host: host({ pve: { '/version': refused } }) });
    expect(run.exitCode).to.equal(3);
  });
});

describe('pmx auth test', () => {
  const test = (options: FakeHostOptions = {}, words: string[] = []) =>
    runCommand(AuthTest, words, { host: host(options) });

  it('counts what is seen, and has nothing to complain of', async () => {
    const { json, exitCode, stderr } = await test({}, ['--json']);
    expect(exitCode).to.equal(0);
    expect(json).to.deep.include({
      endpoint,
      identity: 'ci@pve!pmx',
      version: '9.2.11',
      sees: { nodes: 1, guests: 2, storages: 1, privileges: 2 },
      warnings: [],
    });
    expect(stderr).to.equal('');
  });

  it('reads for a person', async () => {
    const { stdout } = await test();
    expect(stdout).to.contain('1 nodes, 2 guests, 1 storages').and.to.contain('as here');
  });

  const troubles: Array<[name: string, options: FakeHostOptions, said: RegExp]> = [
    [
      'a certificate that ends soon',
      { servers: { [endpoint]: { certificate: { validTo: days(10.5).toISOString() } } } },
      /good for 10 more days only/,
    ],
    [
      'a certificate that has ended',
      { servers: { [endpoint]: { certificate: { validTo: '2020-02-01T00:00:00.000Z' } } } },
      /expired on 2020-02-01/,
    ],
    ['a clock ahead', { servers: { [endpoint]: { clockOffset: 300_000 } } }, /30[01] s ahead of/],
    ['a clock behind', { servers: { [endpoint]: { clockOffset: -301_000 } } }, /30[01] s behind/],
    [
      'a token that ends soon',
      { pve: { ...pve, [token]: { privsep: 1, expire: Math.floor(days(3.5).getTime() / 1000) } } },
      /token expires in 3 days/,
    ],
    [
      'a certificate that nobody verifies',
      { contexts: { lab: { ...contexts.lab, insecure: true } } },
      /not verified \(insecure\)/,
    ],
  ];
  for (const [name, options, said] of troubles) {
    it(`warns of ${name}, and still ends with 0`, async () => {
      const run = await test(options);
      expect(run.stderr).to.match(said);
      expect(run.exitCode).to.equal(0);
      const { warnings } = (await test(options, ['--json'])).json as { warnings: string[] };
      expect(warnings).to.have.length(1);
    });
  }

  const blind = { ...pve, '/access/permissions': {}, '/cluster/resources': [] };
  for (const [name, options, said] of [
    ['privilege separation', { pve: blind }, /only what both it and its user were granted/],
    [
      'the same where the token may not tell',
      { pve: { ...blind, [token]: denied } },
      /only what both/,
    ],
    [
      'a user without rights behind a token',
      { pve: { ...blind, [token]: { privsep: 0 } } },
      /its user ci@pve has no rights/,
    ],
    [
      'a user without rights',
      { pve: blind, contexts: { desk: { endpoint, user: 'jane@pam' } } },
      /login of jane@pam is right, but it sees nothing/,
    ],
  ] as Array<[string, FakeHostOptions, RegExp]>) {
    it(`says "sees nothing" in words: ${name}`, async () => {
      const run = await test(options);
      expect(run.exitCode).to.equal(3);
      expect(run.stderr).to.contain('(PMX_SEES_NOTHING,').and.to.match(said);
      expect(run.stderr).to.contain('pveum acl modify /');
    });
  }

  it('ends with 2 when the server is not there', async () => {
    const run = await test({ servers: {} });
    expect(run.exitCode).to.equal(2);
  });
});
