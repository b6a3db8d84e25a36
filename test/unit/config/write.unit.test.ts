import { spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { Configuration } from '#dist/lib/config/configuration.js';
import { Backups } from '#dist/lib/config/write/backups.js';
import { ConfigWriter } from '#dist/lib/config/write/writer.js';

const writerModule = fileURLToPath(
  new URL('../../../dist/lib/config/write/writer.js', import.meta.url),
);

describe('config: writing', () => {
  let directory: string;
  let file: string;
  let writer: ConfigWriter;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pmx-write-'));
    file = join(directory, 'config.yaml');
    writer = new ConfigWriter(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps comments, order and spelling', async () => {
    const before =
      '# mine\nrequest-timeout: 5 # short\ncontexts:\n  lab: # home\n    endpoint: a\n';
    writeFileSync(file, before);
    await writer.edit(file, [
      { path: ['requestTimeout'], value: 9 },
      { path: ['contexts', 'lab', 'node'], value: 'pve1' },
    ]);
    expect(readFileSync(file, 'utf8')).to.equal(
      '# mine\nrequest-timeout: 9 # short\ncontexts:\n  lab:\n    # home\n    endpoint: a\n    node: pve1\n',
    );
  });

  it('writes JSON where the file is JSON, and no __proto__ of everything', async () => {
    const json = join(directory, 'config.json');
    writeFileSync(json, '{"output": "wide"}');
    await writer.edit(json, [{ path: ['contexts', '__proto__', 'endpoint'], value: 'x' }]);
    expect(readFileSync(json, 'utf8')).to.contain('__proto__').and.contain('wide');
    expect(({} as Record<string, unknown>)['endpoint']).to.equal(undefined);
  });

  it('refuses to write .proxmox.conf', async () => {
    const error = await writer.edit(join(directory, '.proxmox.conf'), [{ path: ['output'] }]).then(
      () => expect.fail('written'),
      (thrown: PmxError) => thrown,
    );
    expect(error).to.include({ code: 'PMX_CONFIG_READ_ONLY_FORMAT', exitCode: 1 });
  });

  it('follows a link and leaves it one', async () => {
    const real = join(directory, 'dotfiles.yaml');
    writeFileSync(real, 'output: wide\n');
    symlinkSync(real, file);
    await writer.edit(file, [{ path: ['output'], value: 'csv' }]);
    expect(lstatSync(file).isSymbolicLink()).to.equal(true);
    expect(readFileSync(real, 'utf8')).to.equal('output: csv\n');
  });

  it('does not replace what somebody else has changed meanwhile', async () => {
    writeFileSync(file, 'output: wide\n');
    const error = await writer.replace(file, 'output: csv\n', 'other digest').then(
      () => expect.fail('written'),
      (thrown: PmxError) => thrown,
    );
    expect(error).to.include({ code: 'PMX_CONFIG_CHANGED', exitCode: 1 });
    expect(readFileSync(file, 'utf8')).to.equal('output: wide\n');
  });

  it('keeps the versions before: 0600, the last 20, without secrets', async () => {
    writeFileSync(file, 'password: hunter2\noutput: wide\n');
    chmodSync(file, 0o600);
    for (let count = 0; count < 23; count++) {
      await writer.edit(file, [{ path: ['requestTimeout'], value: count + 1 }]);
    }
    const backups = new Backups(directory, file);
    const list = backups.list();
    expect(list).to.have.length(20);
    expect(backups.read(list[0]!.id)).to.equal('output: wide\nrequestTimeout: 22\n');
    const history = join(directory, 'history');
    for (const folder of readdirSync(history)) {
      for (const name of readdirSync(join(history, folder))) {
        const path = join(history, folder, name);
        expect(statSync(path).mode & 0o777).to.equal(0o600);
        expect(readFileSync(path, 'utf8')).to.not.contain('hunter2');
      }
    }
    expect(() => backups.read('../../config.yaml')).to.throw('no older version');
  });

  it('ten writers at once lose nothing', async function () {
    this.timeout(120_000);
    const code = `import { ConfigWriter } from ${JSON.stringify(writerModule)};
      const [directory, file, name] = process.argv.slice(1);
      for (let round = 0; round < 3; round++)
        await new ConfigWriter(directory).edit(file, [{ path: ['contexts', name + round, 'endpoint'], value: name }]);`;
    const ends = Array.from({ length: 10 }, (_, index) => {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', code, directory, file, `w${index}-`],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      return new Promise((resolve) => child.on('close', resolve));
    });
    expect(await Promise.all(ends)).to.deep.equal(Array.from({ length: 10 }, () => 0));
    const [source] = await new Configuration({ directory, env: {} }).sources();
    expect(Object.keys(source!.data['contexts'] as object)).to.have.length(30);
    const left = readdirSync(directory).filter((name) => /tmp|lock/.test(name));
    expect(left).to.deep.equal([]);
  });
});
