import { expect } from 'chai';
import { Bench, expectOk, SECRET, tokenAuth } from './helper.ts';
import type { Json, Reply } from './helper.ts';

describe('access: users, tokens, ACLs and what they allow', function () {
  this.timeout(10_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start();
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 100,
        name: 'a',
        scsi0: 'local:1',
        net0: 'virtio,bridge=vmbr0',
        memory: 512,
      }),
    );
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 101, name: 'b' }));
    await bench.ok(bench.upload('local', { content: 'iso' }, 'cd.iso', Buffer.from('x')));
  });
  after(() => bench.stop());

  const forbidden = (reply: Reply, detail?: string): void => {
    expect([reply.status, reply.reason]).to.deep.equal([
      403,
      detail === undefined ? 'Permission check failed' : `Permission check failed (${detail})`,
    ]);
  };

  it('manages users, with PVE words', async () => {
    const form = { userid: 'lab@pve', password: 'labuser12', comment: 'lab' };
    expect((await bench.post('/access/users', form)).data).to.equal(null);
    expect((await bench.post('/access/users', form)).reason).to.equal(
      "create user failed: user 'lab@pve' already exists",
    );
    expect((await bench.post('/access/users', { userid: 'lab@nosuch' })).reason).to.equal(
      "create user failed: domain 'nosuch' does not exist",
    );
    expect(
      (await bench.post('/access/users', { userid: 'x@pve', password: 'short' })).body.errors,
    ).to.deep.equal({ password: 'value must be at least 8 characters long' });
    const token = await bench.post('/access/users/lab@pve/token/t1', { privsep: 1, expire: 0 });
    expect(token.data).to.deep.include({
      'full-tokenid': 'lab@pve!t1',
      info: { privsep: '1', expire: '0' },
    });
    expect((await bench.post('/access/users/lab@pve/token/t1')).body.errors).to.deep.equal({
      tokenid: 'Token already exists.',
    });
    expect(
      (await bench.put('/access/users/lab@pve/token/t1', { expire: 1_000_000_000, comment: 'old' }))
        .data,
    ).to.deep.equal({ privsep: 1, expire: '1000000000', comment: 'old' });
    // an expired token is a 401, not a 403
    expect(
      (await bench.get('/version', { auth: tokenAuth('lab@pve!t1', token.data.value) })).reason,
    ).to.equal('Authentication failed!');
    await bench.put('/access/users/lab@pve/token/t1', { expire: 0 });
    const auth = tokenAuth('lab@pve!t1', token.data.value);
    expect((await bench.get('/version', { auth })).status).to.equal(200);
    await bench.put('/access/users/lab@pve', { enable: 0, email: 'a@b.c' });
    expect((await bench.get('/version', { auth })).reason).to.equal('Authentication failed!');
    await bench.put('/access/users/lab@pve', { enable: 1 });
    expect(
      (await bench.read('/access/users?full=1')).find((row: Json) => row.userid === 'lab@pve'),
    ).to.deep.equal({
      userid: 'lab@pve',
      'realm-type': 'pve',
      enable: 1,
      expire: 0,
      comment: 'lab',
      email: 'a@b.c',
      groups: '',
      tokens: [{ tokenid: 't1', expire: 0, privsep: 1, comment: 'old' }],
    });
    expect(await bench.read('/access/users/lab@pve/token')).to.deep.equal([
      { tokenid: 't1', expire: 0, privsep: 1, comment: 'old' },
    ]);
    expect(await bench.read('/access/users/lab@pve/token/t1')).to.deep.equal({
      expire: 0,
      privsep: 1,
      comment: 'old',
    });
    expect((await bench.get('/access/users/lab@pve/token/zz')).reason).to.equal(
      "no such token 'zz' for user 'lab@pve'",
    );
    expect((await bench.get('/access/users?enabled=0')).data).to.deep.equal([]);
    expect((await bench.del('/access/users/root@pam')).status).to.equal(500);
  });

  it('lets a user log in, see only its own, and change its password', async () => {
    const { data } = await bench.post(
      '/access/ticket',
      { username: 'lab@pve', password: 'labuser12' },
      { auth: {} },
    );
    expect(data.cap).to.deep.equal({
      vms: {},
      storage: {},
      access: {},
      nodes: {},
      dc: {},
      sdn: {},
      mapping: {},
    });
    const auth = { Cookie: `PVEAuthCookie=${data.ticket}` };
    const headers = { CSRFPreventionToken: data.CSRFPreventionToken };
    expect((await bench.get('/cluster/resources', { auth })).data).to.deep.equal([
      {
        id: 'node/pve1',
        node: 'pve1',
        type: 'node',
        status: 'online',
        level: '',
        'cgroup-mode': 2,
      },
    ]);
    expect((await bench.get('/nodes', { auth })).data[0]).to.not.have.property('mem');
    for (const path of [
      '/nodes/pve1/qemu',
      '/nodes/pve1/storage',
      '/nodes/pve1/tasks',
      '/nodes/pve1/network',
      '/pools',
      '/storage',
      '/cluster/tasks',
      '/cluster/log',
      '/access/acl',
      '/access/groups',
    ]) {
      expect(
        (await bench.get(path, { auth })).data.filter((row: Json) => row.user !== 'lab@pve'),
        path,
      ).to.deep.equal([]);
    }
    expect((await bench.get('/access/permissions', { auth })).data).to.deep.equal({});
    expect(
      (await bench.get('/access/users', { auth })).data.map((row: Json) => row.userid),
    ).to.deep.equal(['lab@pve']);
    expect(Object.keys((await bench.get('/cluster/options', { auth })).data)).to.deep.equal([
      'allowed-tags',
    ]);
    forbidden(await bench.get('/nodes/pve1/qemu/101/config', { auth }), '/vms/101, VM.Audit');
    forbidden(await bench.get('/nodes/pve1/qemu/999/config', { auth }), '/vms/999, VM.Audit');
    forbidden(await bench.get('/nodes/pve1/status', { auth }), '/nodes/pve1, Sys.Audit');
    forbidden(
      await bench.get('/nodes/pve1/storage/local/content', { auth }),
      '/storage/local, Datastore.Audit|Datastore.AllocateSpace',
    );
    forbidden(await bench.post('/nodes/pve1/qemu', { vmid: 200 }, { auth, headers }));
    forbidden(
      await bench.post('/nodes/pve1/qemu/100/clone', { newid: 200 }, { auth, headers }),
      '/vms/100, VM.Clone',
    );
    forbidden(await bench.del('/nodes/pve1/qemu/101', { auth, headers }), '/vms/101, VM.Allocate');
    const privileges =
      'VM.Config.Disk|VM.Config.CDROM|VM.Config.CPU|VM.Config.Memory|VM.Config.Network|VM.Config.HWType|VM.Config.Options|VM.Config.Cloudinit';
    forbidden(
      await bench.put('/nodes/pve1/qemu/101/config', { memory: 600 }, { auth, headers }),
      `/vms/101, ${privileges}`,
    );
    expect(
      (
        await bench.put(
          '/access/password',
          { userid: 'lab@pve', password: 'newpass12' },
          { auth, headers },
        )
      ).status,
    ).to.equal(401);
    expect(
      (
        await bench.put(
          '/access/password',
          { userid: 'lab@pve', password: 'newpass12', 'confirmation-password': 'labuser12' },
          { auth, headers },
        )
      ).status,
    ).to.equal(200);
    expect(
      (
        await bench.post(
          '/access/ticket',
          { username: 'lab@pve', password: 'labuser12' },
          { auth: {} },
        )
      ).status,
    ).to.equal(401);
    expect(
      (
        await bench.post(
          '/access/ticket',
          { username: 'lab', realm: 'pve', password: 'newpass12' },
          { auth: {} },
        )
      ).status,
    ).to.equal(200);
    const upid = (await bench.read('/nodes/pve1/tasks'))[0].upid;
    forbidden(
      await bench.get(`${bench.taskPath(upid)}/status`, { auth }),
      '/nodes/pve1, Sys.Audit',
    );
    forbidden(await bench.del(bench.taskPath(upid), { auth, headers }), '/nodes/pve1, Sys.Modify');
  });

  it('keeps tokens out of what needs a ticket, and root options out of all but root tickets', async () => {
    expect(
      (await bench.put('/access/password', { userid: 'lab@pve', password: 'newpass12' })).reason,
    ).to.equal(
      "Permission check failed (URI '/access/password' not available with API token, need proper ticket.)",
    );
    expect(
      (await bench.put('/nodes/pve1/qemu/101/config', { memory: 700, skiplock: 1 })).body.errors,
    ).to.deep.equal({ skiplock: 'Only root may use this option.' });
    expect((await bench.put('/nodes/pve1/qemu/101/config', { args: '-x' })).reason).to.equal(
      "only root can set 'args' config",
    );
    expect(
      (await bench.put('/nodes/pve1/qemu/101/config', { serial0: '/dev/ttyS0' })).reason,
    ).to.equal("only root can modify 'serial0' config for real devices");
    expect(
      (await bench.put('/nodes/pve1/qemu/101/config', { usb0: 'host=1234:5678' })).reason,
    ).to.equal("only root can set 'usb0' config for real devices");
    expect(
      (await bench.put('/nodes/pve1/qemu/101/config', { hostpci0: 'host=01:00' })).reason,
    ).to.equal("only root can set 'hostpci0' config for non-mapped devices");
    expect((await bench.put('/nodes/pve1/qemu/101/config', { scsi3: '/dev/sda' })).reason).to.match(
      /^Only root can pass arbitrary filesystem paths/,
    );
    expect(
      (await bench.post('/nodes/pve1/qemu/101/status/start', { skiplock: 1 })).body.errors,
    ).to.have.keys('skiplock');
    const { ticket, CSRFPreventionToken } = (
      await bench.post('/access/ticket', { username: 'root@pam', password: SECRET }, { auth: {} })
    ).data;
    const root = { auth: { Cookie: `PVEAuthCookie=${ticket}` }, headers: { CSRFPreventionToken } };
    expect(
      (await bench.put('/nodes/pve1/qemu/101/config', { lock: 'backup' }, root)).status,
    ).to.equal(200);
    expect((await bench.put('/nodes/pve1/qemu/101/config', { memory: 700 })).reason).to.equal(
      'VM is locked (backup)',
    );
    expect(await bench.run(bench.del('/nodes/pve1/qemu/101'))).to.equal('VM is locked (backup)');
    expect(await bench.run(bench.post('/nodes/pve1/qemu/101/status/start'))).to.equal(
      'VM is locked (backup)',
    );
    expect(
      (await bench.put('/nodes/pve1/qemu/101/config', { delete: 'lock', skiplock: 1 }, root))
        .status,
    ).to.equal(200);
  });

  it('gives a privilege-separated token the intersection', async () => {
    await bench.post('/access/users', { userid: 'sep@pve' });
    const { value } = (await bench.post('/access/users/sep@pve/token/tk')).data;
    const auth = tokenAuth('sep@pve!tk', value);
    const config = (): Promise<Reply> => bench.get('/nodes/pve1/qemu/100/config', { auth });
    await bench.put('/access/acl', { path: '/vms', users: 'sep@pve', roles: 'PVEVMAdmin' });
    forbidden(await config(), '/vms/100, VM.Audit');
    await bench.put('/access/acl', {
      path: '/vms/100',
      tokens: 'sep@pve!tk',
      roles: 'PVEVMUser',
      propagate: 0,
    });
    expect((await config()).status).to.equal(200);
    expect(
      Object.keys(
        (await bench.get('/access/permissions?path=/vms/100', { auth })).data['/vms/100'],
      ),
    )
      .to.include('VM.PowerMgmt')
      .and.not.include('VM.Allocate');
    expect((await bench.get('/access/permissions?path=/vms/101', { auth })).data).to.deep.equal({});
    // a deeper path replaces what comes from above
    await bench.put('/access/acl', { path: '/vms/100', users: 'sep@pve', roles: 'NoAccess' });
    forbidden(await config(), '/vms/100, VM.Audit');
    await bench.put('/access/acl', {
      path: '/vms/100',
      users: 'sep@pve',
      roles: 'NoAccess',
      delete: 1,
    });
    expect((await config()).status).to.equal(200);
    await bench.put('/access/users/sep@pve/token/tk', { privsep: 0 });
    expect((await bench.get('/nodes/pve1/qemu/101/config', { auth })).status).to.equal(200);
    expect((await bench.read('/access/permissions?userid=sep@pve'))['/vms']['VM.Audit']).to.equal(
      1,
    );
    expect((await bench.del('/access/users/sep@pve/token/tk')).status).to.equal(200);
    expect(
      (await bench.read('/access/acl')).filter(
        (row: Json) => row.type === 'token' && row.ugid === 'sep@pve!tk',
      ),
    ).to.deep.equal([]);
  });

  it('checks ACL updates, roles and groups', async () => {
    expect(
      (
        await bench.put('/access/acl', {
          path: '/vms/101',
          users: 'nobody@pve',
          roles: 'PVEVMUser',
        })
      ).reason,
    ).to.equal("ACL update failed: user 'nobody@pve' does not exist");
    expect(
      (await bench.put('/access/acl', { path: '/vms/101', users: 'lab@pve', roles: 'NoRole' }))
        .reason,
    ).to.equal("ACL update failed: role 'NoRole' does not exist");
    expect(
      (await bench.put('/access/acl', { path: '/bogus', users: 'lab@pve', roles: 'PVEVMUser' }))
        .reason,
    ).to.equal("invalid ACL path '/bogus'");
    expect((await bench.put('/access/acl', { path: '/vms', roles: 'PVEVMUser' })).status).to.equal(
      500,
    );
    expect(
      (await bench.post('/access/roles', { roleid: 'r', privs: 'VM.Monitor' })).body.errors,
    ).to.deep.equal({ privs: "invalid format - invalid privilege 'VM.Monitor'\n" });
    expectOk(await bench.post('/access/roles', { roleid: 'r', privs: 'VM.Audit' }));
    expect((await bench.post('/access/roles', { roleid: 'r' })).reason).to.equal(
      "create role failed: role 'r' already exists",
    );
    expectOk(await bench.put('/access/roles/r', { privs: 'VM.PowerMgmt', append: 1 }));
    expect(await bench.read('/access/roles/r')).to.deep.equal({ 'VM.Audit': 1, 'VM.PowerMgmt': 1 });
    expect((await bench.put('/access/roles/PVEAdmin', { privs: 'VM.Audit' })).status).to.equal(500);
    expect(
      (await bench.read('/access/roles')).find((row: Json) => row.roleid === 'PVETemplateUser'),
    ).to.deep.equal({ roleid: 'PVETemplateUser', privs: 'VM.Audit,VM.Clone', special: 1 });
    expectOk(await bench.post('/access/groups', { groupid: 'ops', comment: 'c' }));
    expectOk(await bench.put('/access/users/lab@pve', { groups: 'ops' }));
    expectOk(await bench.put('/access/acl', { path: '/vms/101', groups: 'ops', roles: 'r' }));
    const auth = tokenAuth(
      'lab@pve!free',
      (await bench.post('/access/users/lab@pve/token/free', { privsep: 0 })).data.value,
    );
    expect(
      (await bench.get('/nodes/pve1/qemu', { auth })).data.map((row: Json) => row.vmid),
    ).to.deep.equal([101]);
    expect((await bench.read('/access/groups/ops')).members).to.deep.equal(['lab@pve']);
    expect((await bench.read('/access/groups'))[0]).to.deep.equal({
      groupid: 'ops',
      comment: 'c',
      users: 'lab@pve',
    });
    expectOk(await bench.del('/access/groups/ops'));
    expectOk(await bench.del('/access/roles/r'));
    expect((await bench.get('/nodes/pve1/qemu', { auth })).data).to.deep.equal([]);
    expect(
      (await bench.get('/access/domains', { auth: {} })).data.map((row: Json) => row.realm),
    ).to.deep.equal(['pam', 'pve']);
    expect((await bench.read('/access/domains/pam')).plugin).to.equal('PVE::Auth::PAM');
    expectOk(await bench.del('/access/users/sep@pve'));
  });

  it('demands exactly the rights of each setting at creation', async () => {
    const auth = await bench.narrow('maker', { '/vms/300': 'VM.Allocate' });
    const create = (more: Record<string, unknown>): Promise<Reply> =>
      bench.post('/nodes/pve1/qemu', { vmid: 300, ...more }, { auth });
    forbidden(await create({ name: 'x' }), '/vms/300, VM.Config.Options');
    forbidden(await create({ memory: 512 }), '/vms/300, VM.Config.Memory');
    forbidden(await create({ cores: 2 }), '/vms/300, VM.Config.CPU');
    forbidden(await create({ scsihw: 'lsi' }), '/vms/300, VM.Config.HWType');
    forbidden(await create({ boot: 'order=scsi0' }), '/vms/300, VM.Config.Disk');
    forbidden(await create({ ciuser: 'x' }), '/vms/300, VM.Config.Cloudinit|VM.Config.Network');
    forbidden(await create({ scsi0: 'local:1' }), '/storage/local, Datastore.AllocateSpace');
    forbidden(
      await create({ ide2: 'local:iso/cd.iso,media=cdrom' }),
      '/storage/local, Datastore.AllocateSpace|Datastore.Audit',
    );
    forbidden(await create({ start: 1 }), '/vms/300, VM.PowerMgmt');
    forbidden(await bench.post('/nodes/pve1/qemu', { vmid: 301 }, { auth }));
    // tags are looked at by the worker
    const tags = await create({ tags: 'x' });
    expect(tags.status).to.equal(200);
    expect(await bench.end(tags.data)).to.equal(
      'unable to create VM 300 - 403 Permission check failed (/vms/300, VM.Config.Options)',
    );
    // a cloud-init drive needs nothing more, not even a storage right
    const made = await create({ ide2: 'local:cloudinit' });
    expect(await bench.end(made.data)).to.equal('OK');
    // own tasks are visible without any right
    expect(
      (await bench.get(`${bench.taskPath(made.data)}/status`, { auth })).data.exitstatus,
    ).to.equal('OK');
    expect((await bench.get('/cluster/tasks', { auth })).data).to.deep.equal([]);
    // deleting removes the grants on that number
    expect(await bench.end((await bench.del('/nodes/pve1/qemu/300', { auth })).data)).to.equal(
      'OK',
    );
    forbidden(await create({}));
  });

  it('demands SDN.Use for bridges and their VLANs, and the right of each change', async () => {
    const auth = await bench.narrow('changer', {
      '/vms/100': 'VM.Config.Network,VM.Config.Disk,VM.Config.CDROM,VM.Audit',
      '/sdn/zones/localnetwork/vmbr0': 'SDN.Use',
    });
    const put = (form: Record<string, unknown>): Promise<Reply> =>
      bench.put('/nodes/pve1/qemu/100/config', form, { auth });
    forbidden(await put({ memory: 600 }), '/vms/100, VM.Config.Memory');
    forbidden(await put({ startup: 'order=1' }), '/vms/100, VM.Config.Options');
    forbidden(await put({ freeze: 1 }), '/vms/100, VM.PowerMgmt');
    forbidden(
      await put({ net1: 'virtio,bridge=vmbr0,tag=5' }),
      '/sdn/zones/localnetwork/vmbr0/5, SDN.Use',
    );
    forbidden(await put({ net1: 'virtio,bridge=other' }), '/sdn/zones/localnetwork/other, SDN.Use');
    expectOk(await put({ net1: 'virtio,bridge=vmbr0' }));
    expectOk(await put({ delete: 'net1' }));
    expectOk(await put({ net2: 'virtio' }));
    forbidden(await put({ scsi1: 'local:1' }), '/storage/local, Datastore.AllocateSpace');
    forbidden(
      await put({ ide2: 'local:iso/cd.iso,media=cdrom' }),
      '/storage/local, Datastore.AllocateSpace|Datastore.Audit',
    );
    forbidden(await put({ ide2: 'local:cloudinit' }), '/vms/100, VM.Config.Cloudinit');
    expectOk(await put({ ide2: 'none,media=cdrom' }));
    expect(
      (await bench.get('/nodes/pve1/network', { auth })).data.map((row: Json) => row.iface),
    ).to.deep.equal(['vmbr0']);
    // the storage's right is looked at by the worker of a resize
    const resize = await bench.put(
      '/nodes/pve1/qemu/100/resize',
      { disk: 'scsi0', size: '+1G' },
      { auth },
    );
    expect(await bench.end(resize.data)).to.equal(
      '403 Permission check failed (/storage/local, Datastore.AllocateSpace)',
    );
    expect((await bench.get('/nodes/pve1/storage/local/content', { auth })).status).to.equal(403);
  });

  it('lets clones happen with little, and deletes of volumes with Datastore.Allocate only', async () => {
    const auth = await bench.narrow('cloner', {
      '/vms/100': 'VM.Clone',
      '/pool/p': 'VM.Allocate',
      '/storage/local': 'Datastore.AllocateSpace,Datastore.AllocateTemplate',
    });
    expectOk(await bench.post('/pools', { poolid: 'p', comment: 'pool' }));
    const clone = (more: Record<string, unknown>): Promise<Reply> =>
      bench.post('/nodes/pve1/qemu/100/clone', { newid: 400, ...more }, { auth });
    forbidden(await clone({}));
    forbidden(await clone({ pool: 'p' }), '/sdn/zones/localnetwork/vmbr0, SDN.Use');
    await bench.put('/nodes/pve1/qemu/100/config', { delete: 'net0' });
    const made = await clone({ pool: 'p' });
    expect(await bench.end(made.data)).to.equal('OK');
    expect((await bench.get('/pools?poolid=p', { auth })).data[0].members[0]).to.include({
      vmid: 400,
      type: 'qemu',
    });
    forbidden(await bench.get('/pools/p', { auth }), '/pool/p, Pool.Audit');
    // disks of VMs stay hidden, other files are listed
    expect(
      (await bench.get('/nodes/pve1/storage/local/content', { auth })).data.map(
        (row: Json) => row.volid,
      ),
    ).to.deep.equal(['local:iso/cd.iso']);
    forbidden(
      await bench.del('/nodes/pve1/storage/local/content/local:iso/cd.iso', { auth }),
      '/storage/local, Datastore.Allocate',
    );
    forbidden(
      await bench.get('/nodes/pve1/storage/local/content/local:100/vm-100-disk-0.raw', { auth }),
      '/vms/100, VM.Config.Disk',
    );
    expect(
      await bench.end(
        (await bench.upload('local', { content: 'iso' }, 'mine.iso', Buffer.from('x'), { auth }))
          .data,
      ),
    ).to.equal('OK');
    const other = await bench.narrow('reader', { '/storage/local': 'Datastore.AllocateSpace' });
    forbidden(
      await bench.upload('local', { content: 'iso' }, 'mine.iso', Buffer.from('x'), {
        auth: other,
      }),
      '/storage/local, Datastore.AllocateTemplate',
    );
  });

  it('manages pools', async () => {
    expect((await bench.post('/pools', { poolid: 'p' })).reason).to.equal(
      "create pool failed: pool 'p' already exists",
    );
    expectOk(await bench.post('/pools', { poolid: 'q' }));
    expectOk(await bench.put('/pools/q', { vms: '101', storage: 'local', comment: 'new' }));
    expect((await bench.put('/pools/q', { vms: '101' })).reason).to.equal(
      'update pools failed: VM 101 is already a pool member',
    );
    expect((await bench.put('/pools', { poolid: 'p', vms: '101' })).reason).to.equal(
      "update pools failed: VM 101 belongs already to pool 'q' and 'allow-move' is not set",
    );
    expectOk(await bench.put('/pools', { poolid: 'p', vms: '101', 'allow-move': 1 }));
    expect((await bench.put('/pools/p', { vms: '999' })).reason).to.equal(
      'update pools failed: VM 999 does not exist',
    );
    expect((await bench.put('/pools/q', { vms: '101', delete: 1 })).reason).to.equal(
      'update pools failed: VM 101 is not a pool member',
    );
    expect((await bench.del('/pools/q')).reason).to.match(
      /^delete pool failed: pool 'q' is not empty/,
    );
    expect((await bench.read('/pools/q')).members.map((row: Json) => row.id)).to.deep.equal([
      'storage/pve1/local',
    ]);
    expectOk(await bench.put('/pools/q', { storage: 'local', delete: 1 }));
    expectOk(await bench.del('/pools?poolid=q'));
    const auth = await bench.narrow('pooler', { '/pool/p': 'Pool.Allocate' });
    expect((await bench.put('/pools/p', { vms: '100' }, { auth })).reason).to.equal(
      'update pools failed: 403 Permission check failed (/vms/100, Permissions.Modify|VM.Allocate)',
    );
    expect((await bench.read('/pools')).map((row: Json) => row.poolid)).to.deep.equal(['p']);
    expect(
      (await bench.read('/cluster/resources?type=vm')).find((row: Json) => row.vmid === 101).pool,
    ).to.equal('p');
  });
});
