import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';

import { isPmxError, type PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { readSecret } from '#dist/lib/auth/read-secret.js';
import { SecretStore } from '#dist/lib/auth/secret-store.js';
import { withStream } from '../output/sink.ts';

const endpoint = 'https://lab:8006';
const secret = '11111111-2222-3333-4444-555555555555';

describe('auth: secret store', () => {
  let root: string;
  let directory: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pmx-secrets-'));
    directory = join(root, 'config');
    path = join(directory, 'secrets.json');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const thrown = async (job: () => Promise<unknown>): Promise<PmxError> => {
    try {
      await job();
    } catch (error) {
      if (isPmxError(error)) return error;
      throw error;
    }
    return expect.fail('nothing was thrown');
  };

  it('is empty before anything was stored', async () => {
    const store = new SecretStore(directory);
    expect(await store.get('lab', endpoint)).to.equal(undefined);
    expect(await store.has('lab')).to.equal(false);
    expect(await store.has('constructor')).to.equal(false);
  });

  it('keeps a secret in a file and a folder that nobody else can read', async () => {
    await new SecretStore(directory).set('lab', endpoint, secret);
    expect((await new SecretStore(directory).get('lab', endpoint))?.secret).to.equal(secret);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(statSync(directory).mode & 0o777).to.equal(0o700);
    expect(readdirSync(directory)).to.deep.equal(['secrets.json']);
  });

  it('gives it to the endpoint it was stored for, and to no other', async () => {
    const store = new SecretStore(directory);
    await store.set('lab', endpoint, secret);
    for (const other of ['https://lab:8007', 'https://evil:8006', 'https://lab:8006/', '']) {
      expect(await store.get('lab', other), other).to.equal(undefined);
    }
    expect(await store.has('lab')).to.equal(true);
    expect(await store.get('prod', endpoint)).to.equal(undefined);
  });

  it('replaces and removes one and leaves the others', async () => {
    const store = new SecretStore(directory);
    await store.set('lab', endpoint, secret);
    await store.set('prod', 'https://prod:8006', 'other');
    await store.set('lab', 'https://new:8006', 'changed');
    expect(await store.get('lab', endpoint)).to.equal(undefined);
    expect((await store.get('lab', 'https://new:8006'))?.secret).to.equal('changed');
    await store.remove('lab');
    expect(await store.has('lab')).to.equal(false);
    expect((await store.get('prod', 'https://prod:8006'))?.secret).to.equal('other');
    expect(readFileSync(path, 'utf8')).to.not.contain('changed');
  });

  for (const mode of [0o640, 0o604, 0o620]) {
    it(`refuses a file with mode ${mode.toString(8)}`, async () => {
      const store = new SecretStore(directory);
      await store.set('lab', endpoint, secret);
      chmodSync(path, mode);
      for (const job of [
        () => store.get('lab', endpoint),
        () => store.has('lab'),
        () => store.set('x', endpoint, 'y'),
        () => store.remove('lab'),
      ]) {
        const error = await thrown(job);
        expect(error).to.include({ code: 'PMX_SECRETS_EXPOSED', exitCode: 2 });
        expect(error.hints[0]).to.equal(`chmod 600 ${path}`);
      }
      expect(statSync(path).mode & 0o777, 'not widened, not narrowed').to.equal(mode);
    });
  }

  for (const content of ['', `{"lab": {"secret": "${secret}"`, `${secret}`, `{"lab": ${secret}}`]) {
    it(`never quotes a broken file: ${content.slice(0, 20)}`, async () => {
      mkdirSync(directory);
      writeFileSync(path, content, { mode: 0o600 });
      const error = await thrown(() => new SecretStore(directory).get('lab', endpoint));
      expect(error).to.include({ code: 'PMX_SECRETS_UNREADABLE', exitCode: 2 });
      expect(error.message).to.contain(path);
      expect(inspect(error, { depth: 9 })).to.not.contain(secret.slice(0, 8));
    });
  }

  it('says so when the file is a folder', async () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    expect(await thrown(() => new SecretStore(directory).get('lab', endpoint))).to.include({
      code: 'PMX_SECRETS_UNREADABLE',
      exitCode: 2,
    });
  });
});

describe('auth: reading a secret', () => {
  const variable = 'PMX_TEST_SECRET';
  afterEach(() => {
    delete process.env[variable];
  });

  interface Given {
    piped?: string;
    env?: string;
    /** What a person types; undefined without a terminal. */
    typed?: string;
  }

  const read = async ({
    piped,
    env,
    typed,
  }: Given): Promise<{ secret?: string; error?: PmxError; asked: string[] }> => {
    const asked: string[] = [];
    if (env !== undefined) process.env[variable] = env;
    const prompt = {
      possible: typed !== undefined,
      confirm: () => expect.fail('confirm'),
      text: () => expect.fail('a secret is not typed for all to see'),
      choose: () => expect.fail('a secret is no choice'),
      async secret(question: string) {
        asked.push(question);
        return typed ?? expect.fail('asked without a terminal');
      },
    };
    return withStream('stdin', Readable.from(piped === undefined ? [] : [...piped]), () =>
      readSecret({
        what: 'Secret of the token',
        stdin: piped !== undefined,
        variable,
        prompt,
      }).then(
        (result) => ({ secret: result, asked }),
        (error: PmxError) => ({ error, asked }),
      ),
    );
  };

  const cases: Array<[name: string, given: Given, expected: string | undefined, asks: number]> = [
    ['from stdin, in pieces', { piped: 'hunter2' }, 'hunter2', 0],
    ['without the line end', { piped: 'hunter2\n' }, 'hunter2', 0],
    ['without a Windows line end', { piped: 'hunter2\r\n' }, 'hunter2', 0],
    ['with blanks and all but the last line end', { piped: ' a b \n\n' }, ' a b \n', 0],
    ['stdin wins over the environment', { piped: 'a', env: 'b', typed: 'c' }, 'a', 0],
    ['from the environment', { env: 'hunter2', typed: 'c' }, 'hunter2', 0],
    ['from a person', { typed: 'hunter2' }, 'hunter2', 1],
    ['from a person when the variable is empty', { env: '', typed: 'hunter2' }, 'hunter2', 1],
    ['empty stdin asks nobody', { piped: '\n', env: 'b', typed: 'c' }, undefined, 0],
    ['nowhere', {}, undefined, 0],
    ['a person who types nothing', { typed: '' }, undefined, 1],
  ];
  for (const [name, given, expected, asks] of cases) {
    it(name, async () => {
      const { secret: found, error, asked } = await read(given);
      expect(found).to.equal(expected);
      expect(asked).to.deep.equal(asks > 0 ? ['Secret of the token'] : []);
      if (expected !== undefined) return;
      expect(error).to.include({ code: 'PMX_NO_SECRET', exitCode: 1 });
      expect(error!.message).to.contain('Secret of the token is missing');
      expect(error!.message.includes('stdin was empty')).to.equal(given.piped !== undefined);
      expect(error!.hints[0]).to.contain(variable);
    });
  }
});
