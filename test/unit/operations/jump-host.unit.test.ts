import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import { parse } from 'yaml';

import { validateUserData } from '#dist/lib/cloudinit/index.js';
import { jumpUserData } from '#dist/lib/operations/vm/jump-host.js';

interface UserData {
  packages: string[];
  users?: Array<{ name: string; ssh_authorized_keys: string[] }>;
  ssh_authorized_keys?: string[];
  write_files: Array<{ path: string; content: string }>;
}

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO me';

describe('cloud-init of a jump VM', () => {
  const made = async (more: object = {}): Promise<UserData> => {
    const text = await jumpUserData({ user: undefined, keys: [], packages: [], ...more });
    validateUserData(Buffer.from(text), 'user-data');
    return parse(text) as UserData;
  };

  it('has agent and clients, and what else is asked for once', async () => {
    const { packages, users } = await made({ packages: ['curl', 'firefox-esr'] });
    expect(packages).to.deep.equal([
      ...['qemu-guest-agent', 'ca-certificates', 'curl', 'openssl'],
      'firefox-esr',
    ]);
    expect(users).to.equal(undefined);
  });

  it('keys belong to the user that was named, or to that of the distribution', async () => {
    const own = await made({ user: 'ops', keys: [key] });
    expect(own.users![0]).to.deep.include({ name: 'ops', ssh_authorized_keys: [key] });
    expect(own.ssh_authorized_keys).to.equal(undefined);
    expect((await made({ keys: [key] })).ssh_authorized_keys).to.deep.equal([key]);
  });

  it('its curl is a program of the shell, and its OpenSSL takes the configuration', async function () {
    if (spawnSync('openssl', ['version']).error) this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'pmx-jump-'));
    try {
      const { write_files: files } = await made();
      const [conf, curl] = files.map(({ path, content }) => {
        const file = join(folder, path.replaceAll('/', '-'));
        writeFileSync(file, content);
        return file;
      }) as [string, string];
      expect(spawnSync('sh', ['-n', curl]).status).to.equal(0);
      writeFileSync(join(folder, 'curl'), '#!/bin/sh\necho "$OPENSSL_CONF $*"\n');
      for (const file of [curl, join(folder, 'curl')]) chmodSync(file, 0o755);
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      const ran = spawnSync(curl, ['https://h/'], { env, encoding: 'utf8' });
      expect(ran.stdout).to.equal(
        '/etc/ssl/openssl-legacy.cnf --ciphers ALL:@SECLEVEL=0 --tlsv1.0 https://h/\n',
      );
      const ciphers = spawnSync('openssl', ['ciphers', '-s', '-tls1'], {
        env: { ...process.env, OPENSSL_CONF: conf },
        encoding: 'utf8',
      });
      expect(ciphers.status, ciphers.stderr).to.equal(0);
      expect(ciphers.stdout).to.include('AES256-SHA');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
