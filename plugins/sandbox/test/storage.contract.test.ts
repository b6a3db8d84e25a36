import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Bench, GIB, multipart, qcow2, values } from './helper.ts';
import type { Json } from './helper.ts';

const MIB = 1024 * 1024;

describe('storage: uploads and volumes', function () {
  this.timeout(10_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({ nodes: 2, capacityBytes: 8 * MIB });
  });
  after(() => bench.stop());

  const content = (storage = 'local', query = '', node = 'pve1'): Promise<Json[]> =>
    bench.read(`/nodes/${node}/storage/${storage}/content${query}`);
  const leftovers = (): Promise<string[]> => readdir(join(bench.dir, 'tmp'));

  it('stores an uploaded file byte for byte, whatever is in it', async () => {
    // Parts of the delimiter inside the file must not end it.
    const tricky = Buffer.concat([
      randomBytes(300_000),
      Buffer.from('\r\n------pmxtest4\r\n--\r\n\r\n------pmxtest41--'),
      randomBytes(5000),
      Buffer.from('\r\n'),
    ]);
    const reply = await bench.upload('local', { content: 'iso' }, 'tiny.iso', tricky);
    expect(reply.data).to.match(
      /^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:imgcopy::root@pam!pmx:$/,
    );
    expect(values(reply.headers, 'connection')).to.deep.equal(['close']);
    expect(await bench.end(reply.data)).to.equal('OK');
    expect(
      (await readFile(join(bench.dir, 'storages/pve1/local/template/iso/tiny.iso'))).equals(tricky),
    ).to.equal(true);
    const log = await bench.log(reply.data);
    expect(log[0]).to.match(/^starting file import from: \/var\/tmp\/pveupload-[0-9a-f]{32}$/);
    expect(log.slice(1, 4)).to.deep.equal([
      'target node: pve1',
      'target file: /var/lib/vz/template/iso/tiny.iso',
      `file size is: ${tricky.length}`,
    ]);
    expect(log.slice(-2)).to.deep.equal(['finished file import successfully', 'TASK OK']);
    expect(await leftovers()).to.deep.equal([]);
    // local is another directory on each node
    expect(await content('local', '', 'pve2')).to.deep.equal([]);
  });

  it('verifies a checksum', async () => {
    const file = Buffer.from('hello iso');
    const sum = createHash('sha256').update(file).digest('hex');
    const good = await bench.upload(
      'local',
      { content: 'iso', checksum: sum, 'checksum-algorithm': 'sha256' },
      'sum.iso',
      file,
    );
    expect(await bench.end(good.data)).to.equal('OK');
    expect(await bench.log(good.data)).to.include('calculating checksum...OK, checksum verified');
    const zero = '0'.repeat(64);
    const bad = await bench.upload(
      'local',
      { content: 'iso', checksum: zero, 'checksum-algorithm': 'sha256' },
      'bad.iso',
      file,
    );
    expect(await bench.end(bad.data)).to.equal(
      `checksum mismatch: got '${sum}' != expect '${zero}'`,
    );
    expect((await bench.log(bad.data)).slice(1)).to.deep.equal([
      'calculating checksum...',
      `TASK ERROR: checksum mismatch: got '${sum}' != expect '${zero}'`,
    ]);
    expect((await content()).map((row) => row.volid)).to.not.include('local:iso/bad.iso');
    const alone = await bench.upload('local', { content: 'iso', checksum: zero }, 'x.iso', file);
    expect(alone.body.errors).to.deep.equal({
      'checksum-algorithm': "missing property required by 'checksum'",
    });
    expect(await leftovers()).to.deep.equal([]);
  });

  it('refuses what PVE refuses', async () => {
    const file = Buffer.from('x');
    const field = async (fields: Record<string, string>, name: string): Promise<unknown> =>
      (await bench.upload('local', fields, name, file)).body.errors;
    expect(await field({ content: 'iso' }, 'a.txt')).to.deep.equal({
      filename: 'wrong file extension',
    });
    expect(await field({ content: 'import' }, 'a.img')).to.deep.equal({
      filename: 'wrong file extension',
    });
    expect(await field({ content: 'snippets' }, 'a.yaml')).to.deep.equal({
      content: "value 'snippets' does not have a value in the enumeration 'iso, vztmpl, import'",
    });
    expect(await field({}, 'a.iso')).to.deep.equal({
      content: 'property is missing and it is not optional',
    });
    expect((await bench.upload('isoonly', { content: 'import' }, 'a.qcow2', file)).reason).to.equal(
      "storage 'isoonly' does not support 'import' content",
    );
    expect((await bench.upload('nosuch', { content: 'iso' }, 'a.iso', file)).reason).to.equal(
      "storage 'nosuch' does not exist",
    );
    const wrong = await bench.upload('local', { content: 'iso' }, 'a.iso', file, { field: 'file' });
    expect(wrong.reason).to.equal(
      "wrong field name 'file' for file upload, expected 'filename' at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1325.",
    );
    const { type } = multipart({}, 'x', file);
    const none = await bench.send('POST', '/nodes/pve1/storage/local/upload', {
      type,
      raw: '------pmxtest42\r\nContent-Disposition: form-data; name="content"\r\n\r\niso\r\n------pmxtest42--\r\n',
    });
    expect(none.reason).to.equal(
      'upload failed at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1370.',
    );
    // fields after the file are not looked at
    const late = multipart({}, 'a.iso', file);
    const raw = Buffer.concat([
      late.raw.subarray(0, -4),
      Buffer.from(
        '\r\nContent-Disposition: form-data; name="content"\r\n\r\niso\r\n------pmxtest42--\r\n',
      ),
    ]);
    expect(
      (await bench.send('POST', '/nodes/pve1/storage/local/upload', { type: late.type, raw })).body
        .errors,
    ).to.have.keys('content');
    expect(await leftovers()).to.deep.equal([]);
  });

  it('needs no CSRF token for an upload by ticket (observed)', async () => {
    const { ticket } = (
      await bench.post(
        '/access/ticket',
        { username: 'root@pam', password: bench.options.tokenSecret },
        { auth: {} },
      )
    ).data;
    const reply = await bench.upload('local', { content: 'iso' }, 'ticket.iso', Buffer.from('x'), {
      auth: { Cookie: `PVEAuthCookie=${ticket}` },
    });
    expect(reply.data).to.match(/:imgcopy::root@pam:$/);
    expect(await bench.end(reply.data)).to.equal('OK');
  });

  it('sanitises names, overwrites silently, and looks into images', async () => {
    expect(
      await bench.end(
        (await bench.upload('local', { content: 'iso' }, 'my file (1).iso', Buffer.from('one')))
          .data,
      ),
    ).to.equal('OK');
    expect(
      await bench.end(
        (
          await bench.upload(
            'local',
            { content: 'iso' },
            '../my file (1).iso',
            Buffer.from('three'),
          )
        ).data,
      ),
    ).to.equal('OK');
    expect(
      (await content('local', '?content=iso')).find(
        (row) => row.volid === 'local:iso/my_file__1_.iso',
      ),
    ).to.include({ size: 5, content: 'iso', format: 'iso' });
    const broken = await bench.upload(
      'local',
      { content: 'import' },
      'up.qcow2',
      Buffer.from('not a disk'),
    );
    expect(await bench.end(broken.data)).to.match(
      /^qemu-img: Could not open '\/var\/tmp\/pveupload-[0-9a-f]+': Image is not in qcow2 format$/,
    );
    expect(
      await bench.end(
        (await bench.upload('local', { content: 'import' }, 'v.vmdk', Buffer.alloc(600))).data,
      ),
    ).to.match(/Image not in VMDK format$/);
    const template = await bench.upload(
      'local',
      { content: 'vztmpl' },
      'debian.tar.zst',
      Buffer.from('z'),
    );
    expect(await bench.end(template.data)).to.equal('OK');
    expect((await content('local', '?content=vztmpl'))[0]).to.include({
      volid: 'local:vztmpl/debian.tar.zst',
      format: 'tzst',
    });
  });

  it('fails like a full disk: in the body, or in the task', async () => {
    const before = await content();
    const huge = await bench.upload(
      'local',
      { content: 'iso' },
      'huge.iso',
      Buffer.alloc(9 * MIB, 1),
    );
    expect([huge.status, huge.reason]).to.deep.equal([
      500,
      'write to temporary file failed - No space left on device',
    ]);
    expect(await leftovers()).to.deep.equal([]);
    const first = await bench.upload(
      'local',
      { content: 'iso' },
      'big1.iso',
      Buffer.alloc(5 * MIB, 1),
    );
    expect(await bench.end(first.data)).to.equal('OK');
    const second = await bench.upload(
      'local',
      { content: 'iso' },
      'big2.iso',
      Buffer.alloc(5 * MIB, 1),
    );
    expect(await bench.end(second.data)).to.equal(
      "import failed: cp: error writing '/var/lib/vz/template/iso/big2.iso': No space left on device",
    );
    expect(await leftovers()).to.deep.equal([]);
    const status = await bench.read('/nodes/pve1/storage/local/status');
    expect(status.total).to.equal(8 * MIB);
    expect(status.used).to.be.within(5 * MIB, 6 * MIB);
    expect(status.avail).to.equal(status.total - status.used);
    await bench.ok(bench.del('/nodes/pve1/storage/local/content/local:iso/big1.iso'));
    expect(await content()).to.deep.equal(before);
  });

  it('deletes volumes with a task, or at once with delay', async () => {
    const reply = await bench.del(
      `/nodes/pve1/storage/local/content/${encodeURIComponent('local:iso/sum.iso')}`,
    );
    expect(reply.data).to.match(/:imgdel:local:root@pam!pmx:$/);
    expect(await bench.end(reply.data)).to.equal('OK');
    expect(await bench.log(reply.data)).to.deep.equal([
      "Removed volume 'local:iso/sum.iso'",
      'TASK OK',
    ]);
    const again = await bench.del('/nodes/pve1/storage/local/content/iso/sum.iso');
    expect(await bench.end(again.data)).to.equal('OK');
    expect(await bench.log(again.data)).to.include(
      "disk image '/var/lib/vz/template/iso/sum.iso' does not exist",
    );
    expect(
      (await bench.del('/nodes/pve1/storage/local/content/local:iso/ticket.iso?delay=5')).data,
    ).to.equal(null);
    expect(
      (await bench.del('/nodes/pve1/storage/isoonly/content/local:iso/x.iso')).body.errors,
    ).to.have.keys('storage');
    expect((await bench.del('/nodes/pve1/storage/local/content/local:nonsense')).reason).to.equal(
      "unable to parse directory volume name 'nonsense'",
    );
  });

  it('tells about one volume', async () => {
    expect(await bench.read('/nodes/pve1/storage/local/content/local:iso/tiny.iso')).to.include({
      path: '/var/lib/vz/template/iso/tiny.iso',
      format: 'raw',
      size: Math.ceil(305_050 / 512) * 512,
    });
    expect(
      (await bench.get('/nodes/pve1/storage/local/content/local:iso/nope.iso')).reason,
    ).to.equal("volume_size_info on 'local:iso/nope.iso' failed - no format");
  });

  it('allocates a disk by hand and lists disks with size, owner and parent', async () => {
    const made = await bench.post('/nodes/pve1/storage/local/content', {
      vmid: 777,
      filename: 'vm-777-disk-7.qcow2',
      size: '64M',
      format: 'qcow2',
    });
    expect(made.data).to.equal('local:777/vm-777-disk-7.qcow2');
    const row = (await content('local', '?vmid=777')).find((entry) => entry.content === 'images');
    expect(row).to.include({
      volid: 'local:777/vm-777-disk-7.qcow2',
      format: 'qcow2',
      size: 64 * MIB,
      vmid: 777,
      parent: null,
    });
    expect((await content('local', '?vmid=777')).some((entry) => entry.content === 'iso')).to.equal(
      false,
    );
    expect(
      (
        await bench.post('/nodes/pve1/storage/local/content', {
          vmid: 777,
          filename: 'vm-1-x',
          size: '1M',
        })
      ).reason,
    ).to.match(/^illegal name 'vm-1-x'/);
    expect(
      (
        await bench.post('/nodes/pve1/storage/local/content', {
          vmid: 777,
          filename: 'vm-777-disk-7.qcow2',
          size: '64M',
        })
      ).reason,
    ).to.match(/already exists$/);
    const gone = await bench.del('/nodes/pve1/storage/local/content/local:777/vm-777-disk-7.qcow2');
    expect(gone.data).to.match(/:imgdel:777@local:/);
    expect(await bench.end(gone.data)).to.equal('OK');
  });

  it('has shared storage on all nodes, and storages can be configured', async () => {
    await bench.ok(bench.upload('shared', { content: 'import' }, 'base.qcow2', await qcow2(GIB)));
    expect((await content('shared', '', 'pve2'))[0]).to.include({
      volid: 'shared:import/base.qcow2',
      content: 'import',
    });
    expect(
      (
        await bench.post('/storage', {
          storage: 'third',
          type: 'dir',
          path: '/var/lib/vz3',
          content: 'iso',
        })
      ).data,
    ).to.deep.equal({ storage: 'third', type: 'dir' });
    expect(
      (await bench.post('/storage', { storage: 'third', type: 'dir', path: '/x' })).reason,
    ).to.equal("create storage failed: storage ID 'third' already defined");
    await bench.put('/storage/third', { disable: 1, nodes: 'pve1' });
    expect((await bench.get('/nodes/pve1/storage/third/content')).reason).to.equal(
      "storage 'third' is disabled",
    );
    expect(
      (await bench.read('/nodes/pve1/storage')).map((row: Json) => `${row.storage}:${row.active}`),
    ).to.include.members(['local:1', 'third:0']);
    expect(
      (await bench.read('/nodes/pve1/storage?enabled=1&content=import')).map(
        (row: Json) => row.storage,
      ),
    ).to.have.members(['local', 'shared']);
    expect(
      (await bench.read('/nodes/pve2/storage')).map((row: Json) => row.storage),
    ).to.not.include('third');
    await bench.put('/storage/third', { delete: 'nodes,disable' });
    expect((await bench.read('/storage/third')).nodes).to.equal(undefined);
    expect((await bench.get('/nodes/pve2/storage/third/status')).data).to.include({
      active: 1,
      content: 'iso',
    });
    expect((await bench.del('/storage/third')).data).to.equal(null);
    expect((await bench.get('/storage/third')).reason).to.equal("storage 'third' does not exist");
    expect((await bench.read('/storage')).find((row: Json) => row.storage === 'shared')).to.include(
      { shared: 1, type: 'dir' },
    );
    expect((await bench.get('/nodes/pve1/storage/local')).data[0]).to.deep.equal({
      subdir: 'content',
    });
  });

  it('ignores files that are no volumes', async () => {
    await writeFile(join(bench.dir, 'storages/pve1/local/template/iso/README'), 'x');
    expect((await content()).some((row) => String(row.volid).includes('README'))).to.equal(false);
  });
});
