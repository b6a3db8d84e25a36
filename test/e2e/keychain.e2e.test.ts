import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { bin, type Outcome, outcomeOf } from './support.ts';

const secret = '99999999-8888-7777-6666-555555555555';
const storeModule = fileURLToPath(new URL('../../dist/lib/auth/secret-store.js', import.meta.url));

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const missing =
  process.platform === 'linux'
    ? ['dbus-run-session', 'gnome-keyring-daemon'].filter((program) => !has(program))
    : ['Linux'];

/** A real gnome-keyring on a bus of its own (Debian: dbus, gnome-keyring, libsecret-1-0). */
describe('the keychain', function () {
  this.timeout(120_000);
  let home: string;
  before(function () {
    if (missing.length > 0) {
      console.log(`    skipped, there is no ${missing.join(' and no ')}`);
      this.skip();
    }
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'pmx-keychain-'));
  });
  afterEach(() => home && rmSync(home, { recursive: true, force: true }));

  const unlock = 'printf x | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1';
  const pmx = `'${process.execPath}' '${bin}'`;

  const onBus = (script: string): Promise<Outcome> => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PMX|PVE)_|^(NODE_ENV|CI|FORCE_COLOR|DBUS_SESSION_BUS_ADDRESS)$/.test(name),
    );
    const child = spawn('dbus-run-session', ['--', 'sh', '-ec', script], {
      cwd: home,
      env: {
        ...Object.fromEntries(inherited),
        HOME: home,
        XDG_CONFIG_HOME: join(home, 'config'),
        XDG_DATA_HOME: join(home, 'data'),
        XDG_STATE_HOME: join(home, 'state'),
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_RUNTIME_DIR: home,
        NO_COLOR: '1',
      },
    });
    child.stdin.end();
    return outcomeOf(child);
  };
  const add = `printf %s ${secret} | ${pmx} context add lab --host 127.0.0.1:1 --token-id a@pve!b1 --token-stdin`;
  const stored = (): string => readFileSync(join(home, 'config/pmx/secrets.json'), 'utf8');
  const read = `'${process.execPath}' --input-type=module -e "
    import { SecretStore } from '${storeModule}';
    const found = await new SecretStore('${'$'}XDG_CONFIG_HOME/pmx').get('lab', 'https://127.0.0.1:1');
    console.log(JSON.stringify(found ?? null));"`;

  it('keeps and gives back a secret, which is in no file of pmx', async () => {
    const { code, stdout, stderr } = await onBus(`${unlock}\n${add}\n${read}`);
    expect(code, stdout + stderr).to.equal(0);
    expect(JSON.parse(stdout.split('\n').at(-2)!)).to.deep.equal({ secret, source: 'keychain' });
    expect(stored()).to.contain('"keychain"');
    expect(stored()).to.not.contain(secret);
  });

  it('forgets it with its context', async () => {
    const { code, stdout, stderr } = await onBus(
      `${unlock}\n${add}\ncp config/pmx/secrets.json kept.json\n${pmx} context remove lab --yes\ncp kept.json config/pmx/secrets.json\n${read}`,
    );
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout.trim().split('\n').at(-1)).to.equal('null');
  });

  it('a bus that is not there: the file is taken', async () => {
    const { code, stdout, stderr } = await onBus(
      `export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent\n${add} --debug`,
    );
    expect(code, stdout + stderr).to.equal(0);
    expect(stored()).to.contain('"secret"');
    expect(stderr).to.contain('keychain does not answer');
  });

  it('locked and nobody there: it does not hang, and the file is taken', async () => {
    const { code, stdout, stderr } = await onBus(
      `gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1\n${add} --debug`,
    );
    expect(code, stdout + stderr).to.equal(0);
    expect(stored()).to.contain('"secret"');
    expect(stderr).to.contain('keychain does not answer');
    expect(stderr).to.not.contain(secret);
  });
});
