import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Router } from '../dist/server/api/router.js';
import { verifyParams } from '../dist/server/api/schema.js';
import { Tickets, TICKET_SECONDS } from '../dist/server/auth/tickets.js';
import {
  hashPassword,
  hashToken,
  passwordMatches,
  tokenMatches,
} from '../dist/server/auth/secrets.js';
import type { PveError } from '../dist/server/errors.js';
import { redactPath } from '../dist/server/http/request-log.js';
import { settingsOf } from '../dist/server/options.js';
import { bridgePaths, parseNet, printNet, randomMac } from '../dist/server/qemu/net.js';
import { parseDrive, printDrive } from '../dist/server/qemu/drive.js';
import {
  createQcow2,
  formatSize,
  growDisk,
  humanSize,
  parseSize,
} from '../dist/server/storage/disk-format.js';
import { readDiskInfo } from '../dist/server/storage/disk-info.js';
import { parseVolume } from '../dist/server/storage/volumes.js';
import { normalizeFilename } from '../dist/server/storage/upload.js';
import { Locks } from '../dist/server/tasks/locks.js';
import { formatUpid, parseUpid } from '../dist/server/tasks/upid.js';
import type { Param, Route } from '../dist/server/api/types.js';

const GIB = 1024 ** 3;

describe('parameters', () => {
  const errors = (table: Record<string, Param>, raw: Record<string, unknown>): unknown => {
    try {
      return Object.fromEntries(verifyParams(table, raw));
    } catch (error) {
      return (error as PveError).errors;
    }
  };
  const one = (param: Param, value: unknown): unknown =>
    (errors({ a: param }, { a: value }) as Record<string, unknown>)['a'];

  it('converts values and names each mistake', () => {
    expect(one({ type: 'integer' }, '12')).to.equal(12);
    expect(one({ type: 'integer' }, '1.5')).to.equal("type check ('integer') failed - got '1.5'");
    expect(one({ type: 'number' }, '1.5')).to.equal(1.5);
    expect(one({ type: 'boolean' }, '')).to.equal(0);
    expect(one({ type: 'boolean' }, true)).to.equal(1);
    expect(one({ type: 'boolean' }, 'maybe')).to.equal(
      "type check ('boolean') failed - got 'maybe'",
    );
    expect(one({ type: 'string' }, { a: 1 })).to.equal("type check ('string') failed - got 'HASH'");
    expect(one({ type: 'array' }, 'x')).to.deep.equal(['x']);
    expect(one({ type: 'integer', minimum: 16 }, '3')).to.equal(
      'value must have a minimum value of 16',
    );
    expect(one({ type: 'integer', maximum: 16 }, '30')).to.equal(
      'value must have a maximum value of 16',
    );
    expect(one({ type: 'string', maxLength: 3 }, 'long')).to.equal(
      'value may only be 3 characters long',
    );
    expect(one({ type: 'string', pattern: 'a+' }, 'aab')).to.equal(
      'value does not match the regex pattern',
    );
  });

  it('knows indexed parameters up to PVE limits', () => {
    const table = { 'scsi[n]': { type: 'string', optional: 1 } } as const;
    expect(errors(table, { scsi30: 'x' })).to.deep.equal({ scsi30: 'x' });
    for (const name of ['scsi31', 'scsi01', 'scsi[n]'])
      expect(errors(table, { [name]: 'x' }))
        .to.have.property(name)
        .that.matches(/^property is not defined/);
  });

  it('checks formats', () => {
    const bad: [string, string][] = [
      ['pve-vmid', '1'],
      ['pve-node', '-x'],
      ['pve-storage-id', '1x'],
      ['pve-configid', '1bad'],
      ['pve-userid', 'nouser'],
      ['dns-name', 'bad_name!'],
      ['mac-addr', '01:00:00:00:00:00'],
      ['address-list', '1.1.1.1 ;;bad!'],
      ['email-opt', 'x'],
      ['ip', '1.2'],
      ['pve-qm-boot', 'order=A B'],
      ['urlencoded', 'a b'],
      ['pve-tokenid', 'a@b'],
      ['pve-storage-path', 'x'],
      ['pve-qm-ipconfig', 'ip6=1.2.3.4/24'],
    ];
    for (const [format, value] of bad)
      expect(one({ type: 'string', format }, value), `${format} ${value}`).to.match(
        /^invalid format - /,
      );
    const good: [string, string][] = [
      ['pve-vmid', '100'],
      ['dns-name', 'a.b-c'],
      ['address-list', '1.1.1.1,::1'],
      ['email-opt', ''],
      ['pve-qm-ipconfig', 'ip=dhcp,gw6=::1,ip6=fd00::2/64'],
      ['unknown-format', 'anything'],
      ['pve-tag-list', 'a;b'],
    ];
    for (const [format, value] of good)
      expect(one({ type: 'string', format }, value), `${format} ${value}`).to.equal(value);
  });

  it('parses drives and network cards as PVE prints them', () => {
    expect(
      printDrive(parseDrive('scsi0', 'size=1G,ssd=1,file=local:100/x.raw,discard=on')),
    ).to.equal('local:100/x.raw,discard=on,size=1G,ssd=1');
    expect(() => parseDrive('scsi0', 'local:1,bogus=1')).to.throw(
      'bogus: property is not defined in schema',
    );
    expect(() => parseDrive('scsi0', 'local:1,cache=fast')).to.throw(
      "cache: value 'fast' does not have a value in the enumeration",
    );
    expect(() => parseDrive('floppy0', 'x')).to.throw(
      "unable to parse drive options for 'floppy0'",
    );
    expect(
      printNet(parseNet('model=virtio,macaddr=BC:24:11:00:00:02,tag=5,bridge=vmbr0')),
    ).to.equal('virtio=BC:24:11:00:00:02,bridge=vmbr0,tag=5');
    expect(bridgePaths(parseNet('virtio,bridge=b,trunks=2;3'))).to.deep.equal([
      '/sdn/zones/localnetwork/b/2',
      '/sdn/zones/localnetwork/b/3',
    ]);
    expect(bridgePaths(parseNet('virtio,bridge=b,tag=1,trunks=2'))).to.deep.equal([
      '/sdn/zones/localnetwork/b/1',
      '/sdn/zones/localnetwork/b/2',
    ]);
    expect(randomMac('BC:24:11')).to.match(/^BC:24:11(?::[0-9A-F]{2}){3}$/);
  });
});

describe('names', () => {
  it('writes and reads UPIDs', () => {
    const parts = {
      node: 'pve1',
      pid: 783,
      pstart: 175_120,
      starttime: 1_795_167_368,
      type: 'qmcreate',
      id: '100',
      user: 'root@pam',
    };
    expect(formatUpid(parts)).to.equal(
      'UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:',
    );
    expect(parseUpid(formatUpid(parts))).to.deep.equal(parts);
    expect(parseUpid('UPID:pve1:0000030F:0002AC10:6B001488:imgcopy::root@pam!pmx:')).to.include({
      id: '',
      user: 'root@pam!pmx',
    });
    expect(parseUpid('garbage')).to.equal(undefined);
  });

  it('takes volume ids apart', () => {
    expect(parseVolume('local:100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2')).to.include({
      type: 'images',
      vmid: 101,
      base: '100/base-100-disk-0.qcow2',
      relativePath: 'images/101/vm-101-disk-0.qcow2',
    });
    expect(parseVolume('a-b:vztmpl/x.tar.gz')).to.include({
      relativePath: 'template/cache/x.tar.gz',
      format: 'tgz',
    });
    for (const bad of [
      'local:iso/../../etc/passwd',
      'local:iso/..iso',
      'local:import/a b.qcow2',
      'local:100/../x.raw',
      'local:iso/x.txt',
    ])
      expect(() => parseVolume(bad), bad).to.throw('unable to parse directory volume name');
    expect(() => parseVolume('nocolon')).to.throw("unable to parse volume ID 'nocolon'");
    expect(normalizeFilename('C:\\dir\\..evil name.iso')).to.equal('_evil_name.iso');
  });

  it('finds routes and refuses two of the same', () => {
    const route = (path: string): Route => ({
      method: 'GET',
      path,
      name: '',
      description: '',
      permissions: {},
      returns: 'null',
      handler: () => null,
    });
    const router = new Router([route('/a/{id}'), route('/a/fixed'), route('/s/{volume}')]);
    expect(router.find('GET', '/a/x%2Fy')?.values).to.deep.equal({ id: 'x/y' });
    expect(router.find('GET', '/a/fixed')?.route.path).to.equal('/a/fixed');
    expect(router.find('GET', '/s/local:iso/a.iso')?.values).to.deep.equal({
      volume: 'local:iso/a.iso',
    });
    expect(router.find('GET', '/a/%E0%A4%A')?.values).to.deep.equal({ id: '%E0%A4%A' });
    expect(router.find('POST', '/a/fixed')).to.equal(undefined);
    expect(() => new Router([route('/a'), route('/a/')])).to.throw('two routes');
  });

  it('hides secrets in logged paths', () => {
    expect(redactPath('/x?password=a&b=1&%63ipassword=z&to%=1')).to.equal(
      '/x?password=***&b=1&%63ipassword=***&to%=1',
    );
    expect(redactPath('/x')).to.equal('/x');
  });
});

describe('disk files', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pmx-disk-'));
  });
  after(() => rm(dir, { recursive: true }));

  it('writes, reads and grows qcow2', async () => {
    const path = join(dir, 'a.qcow2');
    await writeFile(path, '');
    await createQcow2(path, 3 * GIB, { name: '../100/base-100-disk-0.qcow2', format: 'qcow2' });
    expect(await readDiskInfo(path, 'qcow2')).to.deep.equal({
      size: 3 * GIB,
      backing: '../100/base-100-disk-0.qcow2',
    });
    await growDisk(path, 'qcow2', 700 * GIB);
    expect((await readDiskInfo(path, 'qcow2')).size).to.equal(700 * GIB);
    expect((await stat(path)).blocks * 512).to.be.lessThan(100_000);
    let refused = '';
    await growDisk(path, 'qcow2', 9 * 1024 * GIB).catch(
      (error: Error) => (refused = error.message),
    );
    expect(refused).to.equal('resizing this image needs qemu-img');
  });

  it('reads a VMDK header and refuses what is none', async () => {
    const header = Buffer.alloc(512);
    header.writeUInt32LE(0x4b444d56);
    header.writeBigUInt64LE(2048n, 12);
    await writeFile(join(dir, 'a.vmdk'), header);
    expect(await readDiskInfo(join(dir, 'a.vmdk'), 'vmdk')).to.deep.equal({ size: 1024 * 1024 });
    await writeFile(join(dir, 'a.raw'), 'abc');
    expect(await readDiskInfo(join(dir, 'a.raw'), 'raw')).to.deep.equal({ size: 3 });
    for (const format of ['vmdk', 'qcow2']) {
      let text = '';
      await readDiskInfo(join(dir, 'a.raw'), format, '/shown').catch(
        (error: Error) => (text = error.message),
      );
      expect(text).to.match(/^qemu-img: Could not open '\/shown': Image (?:is )?not in /);
    }
  });

  it('speaks of sizes as PVE does', () => {
    expect([0, 1024, 1536, GIB, 3 * GIB + 512, 2048 * GIB].map(formatSize)).to.deep.equal([
      '0',
      '1K',
      '1536',
      '1G',
      '3221225984',
      '2T',
    ]);
    expect(['3G', '+1G', '512', '1.5K'].map(parseSize)).to.deep.equal([3 * GIB, GIB, 512, 1536]);
    expect(() => parseSize('big')).to.throw('unable to parse size');
    expect([0, GIB, 1.5 * GIB].map(humanSize)).to.deep.equal(['0.0 B', '1.0 GiB', '1.5 GiB']);
  });
});

describe('secrets and locks', () => {
  it('signs tickets that live two hours', () => {
    const tickets = new Tickets(Buffer.alloc(32, 1));
    const now = Date.UTC(2026, 0, 1);
    const ticket = tickets.issue('root@pam', now);
    expect(tickets.userOf(ticket, now + (TICKET_SECONDS - 1) * 1000)).to.equal('root@pam');
    expect(tickets.userOf(ticket, now + TICKET_SECONDS * 1000)).to.equal(undefined);
    expect(tickets.userOf(ticket.replace('root', 'boot'), now)).to.equal(undefined);
    expect(new Tickets(Buffer.alloc(32, 2)).userOf(ticket, now)).to.equal(undefined);
    const csrf = tickets.csrf('root@pam', now);
    expect(tickets.csrfMatches(csrf, 'root@pam', now)).to.equal(true);
    expect(tickets.csrfMatches(csrf, 'lab@pve', now)).to.equal(false);
    expect(tickets.csrfMatches(csrf, 'root@pam', now + TICKET_SECONDS * 1000)).to.equal(false);
  });

  it('compares secrets with their hashes', async () => {
    const token = hashToken('no-hex-word');
    expect(tokenMatches('no-hex-word', token)).to.equal(true);
    expect(tokenMatches('abd', token)).to.equal(false);
    const password = await hashPassword('no-hex-word');
    expect(await passwordMatches('no-hex-word', password)).to.equal(true);
    expect(await passwordMatches('abd', password)).to.equal(false);
    expect(JSON.stringify([token, password])).to.not.contain('no-hex-word');
  });

  it('shares locks between readers and lets a writer wait', async () => {
    const locks = new Locks();
    const first = await locks.acquire('f', { shared: true, timeoutMillis: 10 });
    const second = await locks.acquire('f', { shared: true, timeoutMillis: 10 });
    let granted = false;
    const writer = locks.acquire('f', { timeoutMillis: 1000, onGranted: () => (granted = true) });
    first();
    first();
    await Promise.resolve();
    expect(granted).to.equal(false);
    second();
    const release = await writer;
    expect(granted).to.equal(true);
    let text = '';
    await locks
      .acquire('f', { shared: true, timeoutMillis: 10 })
      .catch((error: Error) => (text = error.message));
    expect(text).to.equal("can't lock file 'f' - got timeout");
    const controller = new AbortController();
    const aborted = locks
      .acquire('f', { timeoutMillis: 1000, signal: controller.signal })
      .catch((error: Error) => error.message);
    controller.abort();
    expect(await aborted).to.equal('interrupted by signal');
    release();
  });

  it('refuses options that make no sense', () => {
    const good = { dataDir: '/x', port: 0, nodes: 1, tokenSecret: 's' };
    expect(settingsOf(good))
      .to.include({ taskMillis: 150, staleMillis: 3000, capacityBytes: 64 * GIB })
      .and.not.have.property('tokenSecret');
    for (const bad of [{ dataDir: '' }, { port: 70_000 }, { nodes: 0 }, { tokenSecret: '' }])
      expect(() => settingsOf({ ...good, ...bad }), JSON.stringify(bad)).to.throw('sandbox: ');
  });
});
