import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { ContextStore } from '#dist/lib/config/contexts.js';
import { resolvePaths } from '#dist/lib/config/paths.js';

async function failure(job: Promise<unknown>): Promise<PmxError> {
  return job.then(
    () => expect.fail('nothing was thrown'),
    (error: PmxError) => error,
  );
}

describe('config: paths', () => {
  it('follow the XDG base directories', () => {
    expect(resolvePaths({})).to.deep.equal({
      config: join(homedir(), '.config/pmx'),
      data: join(homedir(), '.local/share/pmx'),
      state: join(homedir(), '.local/state/pmx'),
      cache: join(homedir(), '.cache/pmx'),
    });
    const env = {
      XDG_CONFIG_HOME: '/c',
      XDG_DATA_HOME: '/d',
      XDG_STATE_HOME: '/s',
      XDG_CACHE_HOME: '/h',
    };
    expect(resolvePaths(env)).to.deep.equal({
      config: '/c/pmx',
      data: '/d/pmx',
      state: '/s/pmx',
      cache: '/h/pmx',
    });
  });

  it('are all below PMX_HOME when there is one', () => {
    expect(resolvePaths({ PMX_HOME: '/p', XDG_CONFIG_HOME: '/c' })).to.deep.equal({
      config: '/p/config',
      data: '/p/data',
      state: '/p/state',
      cache: '/p/cache',
    });
  });

  it('take an empty variable for none', () => {
    expect(resolvePaths({ PMX_HOME: '', XDG_CONFIG_HOME: '' })).to.deep.equal(resolvePaths({}));
  });
});

describe('config', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pmx-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const lab = { endpoint: 'https://lab:8006', tokenId: 'root@pam!pmx', node: 'pve1' };
  const prod = { endpoint: 'https://prod:8006', user: 'root@pam', insecure: true };

  const configFilePath = (folder: string): string => join(folder, 'config.yaml');

  describe('file', () => {
    for (const [name, content] of [
      ['absent', undefined],
      ['empty', ''],
      ['only a comment', '# nothing\n'],
    ] as const) {
      it(`is an empty configuration when ${name}, and can be written`, async () => {
        if (content !== undefined) writeFileSync(configFilePath(directory), content);
        const store = new ContextStore(directory);
        expect(await store.list()).to.deep.equal({});
        await store.save('lab', lab, true);
        expect(await new ContextStore(directory).get('lab')).to.deep.equal(lab);
        expect(readFileSync(configFilePath(directory), 'utf8'))
          .to.contain('endpoint: https://lab:8006')
          .and.contain(content ?? '');
      });
    }

    it('is made with mode 0600, in a folder that is made', async () => {
      const below = join(directory, 'a', 'b');
      await new ContextStore(below).save('a.b', lab, true);
      expect(statSync(configFilePath(below)).mode & 0o777).to.equal(0o600);
      expect(await new ContextStore(below).list()).to.deep.equal({ 'a.b': lab });
    });

    for (const [name, content, place] of [
      ['broken YAML', 'contexts: [\n', 'line 2, column 1'],
      ['a tab for blanks', 'a:\n\tb: 2\n', 'line 2, column 1'],
      ['a list', '- a\n- b\n', 'it is no mapping'],
      ['a text', 'just text\n', 'it is no mapping'],
      ['a double key', 'a: 1\na: 2\n', "'a' is there twice, on lines 1 and 2"],
      [
        'two contexts of one name',
        'contexts:\n  lab:\n    endpoint: a\n  prod:\n    endpoint: b\n  lab:\n    endpoint: c\n',
        "'lab' is there twice, on lines 2 and 6",
      ],
      ['one key in two spellings', 'requestTimeout: 1\nrequest-timeout: 2\n', 'two spellings'],
      ['of a newer pmx', 'version: 99\n', 'its version is 99'],
    ] as const) {
      it(`is refused with its name and the place when it is ${name}`, async () => {
        const path = configFilePath(directory);
        writeFileSync(path, content);
        const error = await failure(new ContextStore(directory).list());
        expect(error).to.include({ code: 'PMX_CONFIG_UNREADABLE', exitCode: 2 });
        expect(error.message).to.contain(path).and.contain(place);
        expect(error.hints).to.not.be.empty;
        if (name === 'of a newer pmx') return;
        await failure(new ContextStore(directory).use('lab'));
        expect(readFileSync(path, 'utf8'), 'the file is left as it was').to.equal(content);
      });
    }

    it('is refused when it is a folder', async () => {
      mkdirSync(configFilePath(directory));
      expect(await failure(new ContextStore(directory).list())).to.include({
        code: 'PMX_CONFIG_UNREADABLE',
        exitCode: 2,
      });
    });
  });

  describe('contexts', () => {
    const open = (): ContextStore => new ContextStore(directory);

    it('has none at first', async () => {
      expect(await open().list()).to.deep.equal({});
      expect(await open().current()).to.equal(undefined);
      const error = await failure(open().get('lab'));
      expect(error).to.include({ code: 'PMX_CONTEXT_NOT_FOUND', exitCode: 1 });
      expect(error.message).to.contain("'lab'");
      expect(error.hints.join(' ')).to.contain('There is none yet').and.contain('pmx context add');
    });

    it('keeps what was saved, for itself and for others', async () => {
      const store = open();
      await store.save('lab', lab, true);
      await store.save('prod', prod, false);
      for (const reader of [store, open()]) {
        expect(await reader.list()).to.deep.equal({ lab, prod });
        expect(await reader.get('prod')).to.deep.equal(prod);
        expect(await reader.current()).to.equal('lab');
      }
      expect((await failure(store.get('nope'))).hints[0]).to.equal('There are: lab, prod.');
    });

    it('finds no context that every object has', async () => {
      await open().save('lab', lab, false);
      expect(await failure(open().get('constructor'))).to.include({
        code: 'PMX_CONTEXT_NOT_FOUND',
      });
    });

    it('goes there and back', async () => {
      const store = open();
      await store.save('lab', lab, true);
      await store.save('prod', prod, false);
      const seen: unknown[] = [];
      for (const name of ['prod', 'lab', 'lab', 'prod']) {
        await store.use(name);
        seen.push([await store.current(), await open().previous()]);
      }
      expect(seen).to.deep.equal([
        ['prod', 'lab'],
        ['lab', 'prod'],
        ['lab', 'prod'],
        ['prod', 'lab'],
      ]);
    });

    it('forgets a removed one everywhere', async () => {
      const store = open();
      await store.save('lab', lab, true);
      await store.save('prod', prod, true);
      await store.remove('lab');
      expect(await open().list()).to.deep.equal({ prod });
      expect([await open().current(), await open().previous()]).to.deep.equal(['prod', undefined]);
      await store.remove('prod');
      expect([await open().current(), await open().list()]).to.deep.equal([undefined, {}]);
      await store.remove('never');
    });

    it('does not lose what another process has written meanwhile', async () => {
      const store = open();
      await store.list();
      await open().save('lab', lab, false);
      await store.save('prod', prod, false);
      expect(await open().list()).to.have.all.keys('lab', 'prod');
    });

    it('keeps a narrow mode of a file that was there', async () => {
      await open().save('lab', lab, true);
      chmodSync(configFilePath(directory), 0o600);
      await open().use('lab');
      expect(statSync(configFilePath(directory)).mode & 0o077).to.equal(0);
    });
  });
});
