import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { Lab, outcomeOf, until } from './support.ts';

const iso = Buffer.alloc(300_000, 'iso');
const digest = createHash('sha512').update(iso).digest('hex');

describe('storage', function () {
  this.timeout(30_000);
  let lab: Lab;
  let web: Server;
  let url: string;
  /** The web server holds back the end of this one. */
  let release: (() => void) | undefined;

  before(async () => {
    lab = await Lab.start();
    writeFileSync(lab.file('my disc (1).iso'), iso);
    writeFileSync(lab.file('empty.iso'), '');
    web = createServer((request, response) => {
      response.writeHead(200, { 'content-length': iso.length });
      if (request.method === 'HEAD') return void response.end();
      if (request.url?.includes('slow') !== true) return void response.end(iso);
      response.write(iso.subarray(0, 1000));
      release = () => response.end(iso.subarray(1000));
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  });

  after(async () => {
    web.closeAllConnections();
    web.close();
    await lab.stop();
  });

  const volumes = async (): Promise<string[]> => {
    const rows = await lab.json<Array<{ volid: string }>>('storage', 'content', 'local');
    return rows.map(({ volid }) => volid);
  };
  const code = async (...words: string[]): Promise<[string | undefined, number | null]> => {
    const outcome = await lab.pmx([...words, '--json']);
    const { error } = JSON.parse(outcome.stdout) as { error?: { code: string } };
    return [error?.code, outcome.code];
  };
  const upload = ['storage', 'upload'];

  it('an upload has the name that the server gives it, and is checked', async () => {
    const made = await lab.json<{ volid: string }>(
      ...upload,
      'my disc (1).iso',
      '--storage',
      'local',
      '--checksum',
      `sha512:${digest}`,
    );
    expect(made.volid).to.equal('local:iso/my_disc__1_.iso');
    expect(await volumes()).to.deep.equal([made.volid]);
  });

  it('a file that is there is not overwritten unless that is said, and then asked about', async () => {
    const again = [...upload, 'my disc (1).iso', '--storage', 'local'];
    expect(await code(...again)).to.deep.equal(['PMX_VOLUME_EXISTS', 1]);
    expect(await code(...again, '--overwrite')).to.deep.equal(['PMX_CONFIRMATION_NEEDED', 1]);
    expect(await code(...again, '--overwrite', '--yes')).to.deep.equal([undefined, 0]);
  });

  it('a wrong checksum leaves nothing', async () => {
    const before = await volumes();
    const wrong = `sha256:${'0'.repeat(64)}`;
    const flags = ['--storage', 'local', '--filename', 'wrong.iso', '--checksum', wrong];
    expect((await code(...upload, 'my disc (1).iso', ...flags))[1]).to.equal(3);
    expect(await volumes()).to.deep.equal(before);
  });

  it('bad input: one error each, and nothing sent', async () => {
    const writes = lab.writes();
    const to = ['--storage', 'local'];
    for (const [words, problem] of [
      [[...upload, 'nosuch.iso', ...to], 'PMX_FILE_NOT_FOUND'],
      [[...upload, 'empty.iso', ...to], 'PMX_FILE_UNREADABLE'],
      [[...upload, '.', ...to], 'PMX_FILE_UNREADABLE'],
      [[...upload, 'my disc (1).iso', ...to, '--filename', 'x.txt'], 'PMX_CONTENT_UNKNOWN'],
      [[...upload, 'my disc (1).iso', ...to, '--content', 'import'], 'PMX_CONTENT_UNKNOWN'],
      [[...upload, 'my disc (1).iso', '--storage', 'nosuch'], 'PMX_STORAGE_NOT_FOUND'],
      [[...upload, 'my disc (1).iso', ...to, '--checksum', 'sha256:12'], 'PMX_INVALID_CHECKSUM'],
      [['storage', 'download', 'ftp://x/y.iso', ...to], 'PMX_INVALID_URL'],
      [['storage', 'download', `${url}/my_disc__1_.iso`, ...to], 'PMX_VOLUME_EXISTS'],
      [['storage', 'delete', 'x.iso', '--yes'], 'PMX_INVALID_VOLUME'],
      [['storage', 'delete', 'local:iso/nosuch.iso', '--yes'], 'PMX_VOLUME_NOT_FOUND'],
      [['storage', 'delete', 'nosuch:iso/x.iso', '--yes'], 'PMX_STORAGE_NOT_FOUND'],
      [['storage', 'prune', 'local', '--keep-last', '0', '--yes'], 'PMX_KEEP_NOTHING'],
      [['storage', 'show', 'nosuch'], 'PMX_STORAGE_NOT_FOUND'],
    ] as const)
      expect(await code(...words), words.join(' ')).to.deep.equal([problem, 1]);
    expect(lab.writes()).to.equal(writes);
  });

  it('the server fetches a file itself', async () => {
    const made = await lab.json<{ volid: string; bytes: number }>(
      'storage',
      'download',
      `${url}/tiny.iso`,
      '--storage',
      'local',
      '--checksum',
      digest,
    );
    expect(made).to.include({ volid: 'local:iso/tiny.iso', bytes: iso.length });
    expect(await volumes()).to.include(made.volid);
  });

  it('Ctrl-C stops the download on the server; nothing stays', async () => {
    const before = await volumes();
    const child = lab.spawn(['storage', 'download', `${url}/slow.iso`, '--storage', 'local']);
    const ended = outcomeOf(child);
    await until(() => release !== undefined, 'the request of the server');
    await until(async () => {
      const tasks = await lab.json<unknown[]>('task', 'list', '--status', 'running');
      return tasks.length === 1;
    }, 'the task');
    child.kill('SIGINT');
    const { code: exit, stderr } = await ended;
    expect(exit, stderr).to.equal(130);
    expect(await lab.json('task', 'list', '--status', 'running')).to.deep.equal([]);
    expect(await volumes()).to.deep.equal(before);
  });

  it('what a guest uses is not deleted, and the guest is named', async () => {
    await lab.template('base');
    const { vmid } = await lab.json<{ vmid: number }>('vm', 'create', 'web', '--template', 'base');
    await lab.json(
      'api',
      'put',
      `/nodes/pve1/qemu/${vmid}/config`,
      'ide2=local:iso/tiny.iso,media=cdrom',
    );
    const disks = (await volumes()).filter((volid) => /-disk-/.test(volid));
    expect(disks.length).to.be.greaterThan(1);
    for (const volid of [...disks, 'local:iso/tiny.iso']) {
      const refused = await lab.pmx(['storage', 'delete', volid, '--yes']);
      expect([refused.code, volid]).to.deep.equal([1, volid]);
      expect(refused.stderr).to.match(/PMX_VOLUME_IN_USE/);
    }
    const both = await lab.pmx(['storage', 'rm', 'local:iso/my_disc__1_.iso', disks[0]!, '--yes']);
    expect(both.code, 'one in use: none is deleted').to.equal(1);
    expect(await volumes()).to.include('local:iso/my_disc__1_.iso');
    await lab.json('storage', 'rm', 'local:iso/my_disc__1_.iso', '--yes');
    expect(await volumes()).not.to.include('local:iso/my_disc__1_.iso');
  });

  it('orphans are disks without a guest, and can be deleted by what the list prints', async () => {
    expect(await lab.json('storage', 'orphans')).to.deep.equal([]);
    const [volid] = await lab
      .json<{ data: string }>(
        'api',
        'post',
        '/nodes/pve1/storage/local/content',
        'vmid=4711',
        'filename=vm-4711-disk-0.raw',
        'size=1M',
      )
      .then(({ data }) => [data]);
    const { stdout } = await lab.pmx(['storage', 'orphans', '-o', 'name']);
    expect(stdout.trim()).to.equal(volid);
    await lab.json('storage', 'delete', volid!, '--yes');
    expect(await lab.json('storage', 'orphans')).to.deep.equal([]);
  });

  it('prune shows what the server would delete, and deletes that', async () => {
    const [vm] = await lab.json<Array<{ vmid: number }>>('vm', 'list');
    for (let count = 0; count < 2; count++) {
      await lab.json('api', 'post', '/nodes/pve1/vzdump', `vmid=${vm!.vmid}`, 'storage=local');
      // Names of backups have whole seconds.
      await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    const backups = async (): Promise<number> =>
      (await volumes()).filter((volid) => volid.includes(':backup/')).length;
    const dry = await lab.pmx(['storage', 'prune', 'local', '--keep-last', '1', '--dry-run']);
    expect(dry.stdout.match(/goes: {2}backup/g)).to.have.length(1);
    expect(dry.stdout.match(/stays: backup/g)).to.have.length(1);
    expect(await backups()).to.equal(2);
    await lab.json('storage', 'prune', 'local', '--keep-last', '1', '--yes');
    expect(await backups()).to.equal(1);
    const none = await lab.json<{ removed: string[] }>(
      ...['storage', 'prune', 'local', '--keep-last', '1', '--vmid', String(vm!.vmid)],
    );
    expect(none.removed).to.deep.equal([]);
  });
});
