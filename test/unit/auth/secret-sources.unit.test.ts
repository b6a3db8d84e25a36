import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { SecretStore, type SecretStoreOptions } from '#dist/lib/auth/secret-store.js';
import { runSecretCommand } from '#dist/lib/auth/secrets/command.js';
import { type Keychain, SystemKeychain } from '#dist/lib/auth/secrets/keychain.js';

const endpoint = 'https://lab:8006';
const secret = '11111111-2222-3333-4444-555555555555';

class FakeKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  working = true;

  likely(): boolean {
    return true;
  }

  async probe(): Promise<void> {
    this.#check();
  }

  async get(account: string): Promise<string | undefined> {
    this.#check();
    return this.entries.get(account);
  }

  async set(account: string, value: string): Promise<void> {
    this.#check();
    this.entries.set(account, value);
  }

  async remove(account: string): Promise<void> {
    this.#check();
    this.entries.delete(account);
  }

  #check(): void {
    if (!this.working) throw new Error('locked');
  }
}

describe('auth: sources of secrets', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pmx-sources-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const open = (options: SecretStoreOptions = {}): SecretStore =>
    new SecretStore(directory, { env: {}, workFactor: 4, ...options });
  const failure = (job: Promise<unknown>): Promise<PmxError> =>
    job.then(
      (value) => expect.fail(`came: ${JSON.stringify(value)}`),
      (error: PmxError) => error,
    );
  const file = (): string => readFileSync(join(directory, 'secrets.json'), 'utf8');

  for (const bad of ['', 'two\nlines', 'nul\u0000', 'tab\t']) {
    it(`refuses ${JSON.stringify(bad)}`, async () => {
      const error = await failure(open().set('lab', endpoint, bad));
      expect(error).to.include({ code: 'PMX_INVALID_SECRET', exitCode: 1 });
    });
  }

  it('still reads the first format', async () => {
    writeFileSync(join(directory, 'secrets.json'), JSON.stringify({ lab: { endpoint, secret } }), {
      mode: 0o600,
    });
    expect(await open().get('lab', endpoint)).to.deep.equal({ secret, source: 'file' });
  });

  describe('keychain', () => {
    it('takes a secret, and only a note of it is in the file', async () => {
      const keychain = new FakeKeychain();
      const store = open({ keychain, store: async () => 'auto' });
      await store.set('lab', endpoint, secret);
      expect(file()).to.not.contain(secret);
      expect(await store.get('lab', endpoint)).to.deep.equal({ secret, source: 'keychain' });
      expect(await store.get('lab', 'https://evil:8006')).to.equal(undefined);
      await store.remove('lab');
      expect(keychain.entries.size).to.equal(0);
    });

    it('keeps nothing of an endpoint that was given up', async () => {
      const keychain = new FakeKeychain();
      const store = open({ keychain, store: async () => 'auto' });
      await store.set('lab', endpoint, secret);
      await store.set('lab', 'https://new:8006', `${secret}2`);
      expect([...keychain.entries.values()]).to.deep.equal([`${secret}2`]);
    });

    it('out of order: auto takes the file, and says so at debug', async () => {
      const keychain = new FakeKeychain();
      keychain.working = false;
      const said: string[] = [];
      const store = open({ keychain, store: async () => 'auto', debug: (text) => said.push(text) });
      await store.set('lab', endpoint, secret);
      expect(await store.get('lab', endpoint)).to.deep.equal({ secret, source: 'file' });
      expect(said.join()).to.contain('locked');
    });

    it('out of order: keychain is refused when it was asked for', async () => {
      const keychain = new FakeKeychain();
      keychain.working = false;
      const store = open({ keychain, store: async () => 'keychain' });
      expect((await failure(store.set('lab', endpoint, secret))).message).to.equal('locked');
    });

    it('locked later: no secret, and no hang', async () => {
      const keychain = new FakeKeychain();
      const store = open({ keychain, store: async () => 'auto' });
      await store.set('lab', endpoint, secret);
      keychain.working = false;
      expect(await store.get('lab', endpoint)).to.equal(undefined);
    });

    it('is not used with PMX_HOME, where everything is below', async () => {
      const keychain = new FakeKeychain();
      await open({ keychain, store: async () => 'auto', env: { PMX_HOME: '/x' } }).set(
        'lab',
        endpoint,
        secret,
      );
      expect(keychain.entries.size).to.equal(0);
    });

    it('a helper that never answers is ended', async function () {
      this.timeout(30_000);
      const helper = join(directory, 'hang.mjs');
      writeFileSync(helper, 'setInterval(() => {}, 1000);');
      const error = await failure(new SystemKeychain({}, 500, helper).get('x'));
      expect(error).to.include({ code: 'PMX_KEYCHAIN_UNAVAILABLE', exitCode: 2 });
      expect(error.message).to.contain('locked perhaps');
    });

    it('a helper that crashes is an absent keychain', async function () {
      this.timeout(30_000);
      const helper = join(directory, 'crash.mjs');
      writeFileSync(helper, 'process.abort();');
      expect(await failure(new SystemKeychain({}, 20_000, helper).probe())).to.include({
        code: 'PMX_KEYCHAIN_UNAVAILABLE',
      });
    });

    it('without a bus it is not even asked', () => {
      if (process.platform === 'linux')
        expect(new SystemKeychain({ XDG_RUNTIME_DIR: directory }).likely()).to.equal(false);
    });
  });

  describe('encrypted', () => {
    const right = { PMX_PASSPHRASE: 'correct horse' };

    it('there and back, with new secrets encrypted as well', async () => {
      const store = open({ env: right });
      await store.set('lab', endpoint, secret);
      expect(await store.encrypt(true)).to.equal(1);
      expect(file()).to.not.contain(secret);
      expect(file()).to.contain('BEGIN AGE ENCRYPTED FILE');
      await store.set('prod', endpoint, `${secret}2`);
      expect(file()).to.not.contain(secret);
      const later = open({ passphrase: async () => 'correct horse' });
      expect(await later.get('lab', endpoint)).to.deep.equal({ secret, source: 'encrypted file' });
      expect(await later.encrypt(false)).to.equal(2);
      expect(await open().get('prod', endpoint)).to.deep.equal({
        secret: `${secret}2`,
        source: 'file',
      });
    });

    it('a wrong passphrase opens nothing, none says so', async () => {
      const store = open({ env: right });
      await store.set('lab', endpoint, secret);
      await store.encrypt(true);
      const wrong = await failure(open({ env: { PMX_PASSPHRASE: 'nope' } }).get('lab', endpoint));
      expect(wrong).to.include({ code: 'PMX_WRONG_PASSPHRASE', exitCode: 1 });
      expect(wrong.message).to.not.contain('nope');
      const none = await failure(open().get('lab', endpoint));
      expect(none).to.include({ code: 'PMX_NO_PASSPHRASE', exitCode: 1 });
      expect(await open().has('lab')).to.equal(true);
    });

    it('the endpoint is bound inside, not only beside', async () => {
      const store = open({ env: right });
      await store.set('lab', endpoint, secret);
      await store.encrypt(true);
      const path = join(directory, 'secrets.json');
      writeFileSync(path, file().replace('https://lab:8006', 'https://evil:8006'));
      expect(await open({ env: right }).get('lab', 'https://evil:8006')).to.equal(undefined);
    });
  });

  describe('secretCommand', () => {
    const node = (code: string): string[] => [process.execPath, '-e', code];

    it('gives what it prints, without the line end, and wins over the file', async () => {
      const store = open({ secretCommand: async () => node(`console.log('${secret}')`) });
      expect(await store.get('lab', endpoint)).to.deep.equal({ secret, source: 'secretCommand' });
    });

    it('has no shell', async () => {
      const echo = node('process.stdout.write(process.argv[1])');
      expect(await runSecretCommand('lab', [...echo, '$(id);`id`'])).to.equal('$(id);`id`');
    });

    const bad: Array<[name: string, command: string[], reason: string]> = [
      ['fails', node(`console.log('${secret}');process.exit(3)`), 'it ended with 3'],
      ['prints nothing', node(''), 'it printed nothing'],
      ['is not there', ['/nonexistent/pass'], 'there is no such program'],
      ['is empty', [], 'it is empty'],
      ['prints too much', node("console.log('x'.repeat(1e6))"), 'more than a secret'],
    ];
    for (const [name, command, reason] of bad) {
      it(`a command that ${name}`, async function () {
        this.timeout(30_000);
        const error = await failure(runSecretCommand('lab', command));
        expect(error).to.include({ code: 'PMX_SECRET_COMMAND_FAILED', exitCode: 2 });
        expect(error.message).to.contain(reason);
        expect(error.message).to.not.contain(secret);
      });
    }

    it('a command that hangs is ended', async function () {
      this.timeout(30_000);
      const error = await failure(runSecretCommand('lab', node('setInterval(()=>{},1e3)'), 500));
      expect(error.message).to.contain('longer than 0.5 s');
    });
  });
});
