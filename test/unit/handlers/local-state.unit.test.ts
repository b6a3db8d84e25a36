import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';

import { ref, secretRef } from '@pmx-cli/kit';
import { expect } from 'chai';

import { SecretStore } from '#dist/lib/auth/secret-store.js';
import { ContextStore } from '#dist/lib/config/contexts.js';
import {
  contextRemove,
  contextSave,
  contextUse,
  pathRemove,
} from '#dist/lib/operations/engine/handlers/local-state.js';
import { FakePve } from '../engine/fake-pve.ts';
import { useFolder } from '../engine/lab.ts';
import { contextFor, type TestContext } from './context.ts';

describe('contexts and paths', () => {
  const folder = useFolder();
  let contexts: ContextStore;
  let secrets: SecretStore;
  let context: TestContext;
  beforeEach(() => {
    contexts = new ContextStore(folder.path);
    secrets = new SecretStore(folder.path);
    context = contextFor(new FakePve(), { url: 'https://127.0.0.1:8006' }, { contexts, secrets });
  });

  const save = (name: string, use?: boolean) =>
    contextSave.run(
      {
        name,
        context: { endpoint: ref('url'), tokenId: 'root@pam!xy', node: undefined },
        secret: secretRef('token'),
        ...(use !== undefined && { use }),
      },
      context,
    );

  it('saves a context, its secret apart and bound to the endpoint', async () => {
    expect(await save('home', true)).to.deep.equal({ name: 'home' });
    expect(await new ContextStore(folder.path).get('home')).to.deep.equal({
      endpoint: 'https://127.0.0.1:8006',
      tokenId: 'root@pam!xy',
    });
    expect(await contexts.current()).to.equal('home');
    expect((await secrets.get('home', 'https://127.0.0.1:8006'))?.secret).to.equal(
      'secret of token',
    );
    expect(await secrets.get('home', 'https://evil.test:8006')).to.equal(undefined);
    expect(readFileSync(folder.file('config.yaml'), 'utf8')).not.to.include('secret of token');
    expect(statSync(folder.file('secrets.json')).mode & 0o777).to.equal(0o600);
  });

  it('switches only when asked to, and remembers the one before', async () => {
    await save('home', true);
    await save('work');
    expect(await contexts.current()).to.equal('home');
    await contextUse.run({ name: 'work' }, context);
    expect([await contexts.current(), await contexts.previous()]).to.deep.equal(['work', 'home']);
  });

  it('keeps the secret there is when none is given', async () => {
    await save('home');
    await contextSave.run(
      { name: 'home', context: { endpoint: 'https://127.0.0.1:8006', node: 'pve1' } },
      context,
    );
    expect((await secrets.get('home', 'https://127.0.0.1:8006'))?.secret).to.equal(
      'secret of token',
    );
    expect(await contexts.get('home')).to.deep.equal({
      endpoint: 'https://127.0.0.1:8006',
      node: 'pve1',
    });
  });

  it('removes a context with its secret, also twice', async () => {
    await save('home', true);
    await save('work');
    for (let times = 0; times < 2; times++)
      expect(await contextRemove.run({ name: 'home' }, context)).to.deep.equal({ name: 'home' });
    expect(Object.keys(await contexts.list())).to.deep.equal(['work']);
    expect(await contexts.current()).to.equal(undefined);
    expect([await secrets.has('home'), await secrets.has('work')]).to.deep.equal([false, true]);
  });

  it('removes a folder with everything in it, also twice', async () => {
    mkdirSync(folder.file('data/deep'), { recursive: true });
    folder.put('data/deep/x', '');
    const path = folder.file('data');
    for (let times = 0; times < 2; times++)
      expect(await pathRemove.run({ path }, context)).to.deep.equal({ path });
    expect(existsSync(path)).to.equal(false);
    expect(existsSync(folder.path)).to.equal(true);
  });
});
