import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';
import { deriveRole, planRole, type RoleSet } from '#dist/lib/operations/permissions/role.js';

import { Server, tokenId } from './server.ts';

interface Case {
  what: string;
  line: string;
  /** As root, before each attempt. */
  before?: string[];
  /** As root, after each attempt; what is not there is no mistake. */
  after?: string[];
  /** It reads nothing beforehand, so that can-i may not see what decides. */
  blind?: boolean;
  /** Privileges whose absence the operation does not notice, and why. */
  unnoticed?: Record<string, string>;
}

const image = 'IMAGE';
const again = ['vm delete 200 --stop'];
const made = ['vm create fresh --template 9000 --vmid 200'];
const undoOnly = { 'VM.Audit /vms/200': 'undo only' };

/** The operations of facts about PVE 9.2.11: each with just its least role, and with one privilege less. */
const cases: Case[] = [
  {
    what: 'linked clone',
    line: 'vm create web --template 9000 --vmid 200',
    after: again,
    unnoticed: undoOnly,
  },
  {
    what: 'full clone to another storage, with settings',
    line: 'vm create web --template 9000 --vmid 200 --full --storage other --memory 1G --cores 2 --net vmbr0,tag=5 --user admin --ip dhcp --tags a,b',
    after: again,
    unnoticed: undoOnly,
  },
  {
    what: 'clone, resize, start, address',
    line: 'vm create web --template 9000 --vmid 200 --disk +1G --wait ip',
    after: again,
    unnoticed: undoOnly,
  },
  {
    what: 'clone into a pool',
    line: 'vm create web --template 9000 --vmid 200 --pool team',
    after: again,
    unnoticed: undoOnly,
  },
  {
    what: 'image to template',
    line: `template create --image ${image} --name fresh --vmid 200 --storage local`,
    after: ['template delete 200'],
    unnoticed: undoOnly,
  },
  {
    what: 'delete with stop',
    line: 'vm delete 200 --stop',
    before: [...made, 'vm start 200'],
    after: again,
  },
  {
    what: 'delete of a template',
    line: 'template delete 200',
    before: [`template create --image ${image} --name fresh --vmid 200`],
    after: ['template delete 200'],
  },
  { what: 'start', line: 'vm start 200', before: made, after: again },
  {
    what: 'shutdown',
    line: 'vm shutdown 200 --force',
    before: [...made, 'vm start 200'],
    after: again,
  },
  {
    what: 'new VM over the API',
    line: `api post /nodes/pve1/qemu vmid=200 name=x memory=512 cores=1 serial0=socket boot=order=scsi0 scsi0=local:1 ide2=other:iso/x.iso,media=cdrom net0=virtio,bridge=vmbr0 ciuser=a tags=t start=1 startup=order=1`,
    after: again,
  },
  {
    what: 'configuration',
    line: 'api put /nodes/pve1/qemu/200/config ide3=other:iso/x.iso,media=cdrom scsi5=other:1 cores=2 memory=256 onboot=1 vga=std ciuser=b net1=virtio,bridge=vmbr1 delete=net0',
    blind: true,
    before: [...made, 'api put /nodes/pve1/qemu/200/config net0=virtio,bridge=vmbr0'],
    after: again,
  },
  {
    what: 'snapshot',
    line: 'api post /nodes/pve1/qemu/200/snapshot snapname=s1',
    before: made,
    after: again,
  },
  {
    what: 'resize',
    line: 'api put /nodes/pve1/qemu/200/resize disk=scsi0 size=+1G',
    blind: true,
    before: made,
    after: again,
  },
  {
    what: 'guest agent: exec',
    line: 'api post /nodes/pve1/qemu/200/agent/exec command=/bin/true',
    before: [...made, 'vm start 200'],
    after: again,
  },
  {
    what: 'removal of an ISO',
    line: 'api delete /nodes/pve1/storage/local/content/local:iso/gone.iso',
    before: ['UPLOAD gone.iso'],
  },
  {
    what: 'pool membership',
    line: 'api put /pools poolid=other vms=200',
    before: made,
    after: again,
  },
  { what: 'configuration of a VM, read', line: 'vm show 200', before: made, after: again },
  { what: 'content of a storage, read', line: 'storage content local' },
];

/** What is not seen by name can only be said of all of its kind. */
function isAt(path: string, said: string): boolean {
  return path === said || path.startsWith(`${said}/`);
}

describe('least roles: enough, and none of their privileges too many', function () {
  this.timeout(120_000);
  let server: Server;

  before(async () => {
    server = await Server.start();
    const file = join(server.folder, 'image.qcow2');
    await createEmptyQcow2(file, 16 * 2 ** 20);
    await server.send('POST', '/storage', {
      storage: 'other',
      type: 'dir',
      path: '/mnt/other',
      content: 'images,iso',
    });
    for (const poolid of ['team', 'other']) await server.send('POST', '/pools', { poolid });
    await upload('other', 'x.iso');
    await server.prepare([`template create --image ${file} --name base --vmid 9000`]);
  });
  after(() => server.stop());

  async function upload(storage: string, name: string): Promise<void> {
    const file = join(server.folder, name);
    writeFileSync(file, Buffer.alloc(4096));
    const { createReadStream } = await import('node:fs');
    const pve = (await server.root.pve()) as never as {
      upload(request: object): Promise<string>;
      waitForTask(upid: string): Promise<unknown>;
    };
    await pve.waitForTask(
      await pve.upload({
        node: 'pve1',
        storage,
        content: 'iso',
        filename: name,
        body: createReadStream(file),
        length: 4096,
      }),
    );
  }

  const withImage = (line: string): string =>
    line.replace(image, join(server.folder, 'image.qcow2'));

  async function lay({ before = [] }: Case): Promise<void> {
    for (const line of before)
      if (line.startsWith('UPLOAD')) await upload('local', line.slice(7));
      else await server.prepare([withImage(line)]);
  }

  async function clear({ after = [] }: Case): Promise<void> {
    for (const line of after) await server.attempt(withImage(line), server.root);
  }

  async function derive(line: string): Promise<RoleSet> {
    const rehearsed = [await server.rehearse(line, server.root)];
    return deriveRole(await server.root.pve(), server.root.paths.cache, {
      rehearsed,
      name: 'Least',
      token: tokenId,
    });
  }

  /** A role of its own for each path, so that a privilege can be taken from just one of them. */
  function apart(set: RoleSet): RoleSet {
    const roles = set.acls.map((acl, index) => ({
      name: `Least-${index}`,
      privileges: set.roles.find(({ name }) => name === acl.role)!.privileges,
    }));
    return {
      ...set,
      roles,
      acls: set.acls.map((acl, index) => ({ ...acl, role: roles[index]!.name })),
    };
  }

  async function grant(set: RoleSet): Promise<void> {
    await server.root.operations.run(await planRole(await server.root.pve(), set), { quiet: true });
  }

  /** Deleting a VM takes the ACLs on it along. */
  async function grantAgain({ acls }: RoleSet): Promise<void> {
    for (const { path, role, propagate } of acls)
      await server.send('PUT', '/access/acl', {
        path,
        roles: role,
        propagate,
        tokens: tokenId,
        users: tokenId.split('!')[0],
      });
  }

  for (const each of cases) {
    it(each.what, async () => {
      const line = withImage(each.line);
      await lay(each);
      const set = apart(await derive(line));
      expect(set.refused).to.deep.equal([]);
      expect(set.unknown).to.deep.equal([]);
      await grant(set);
      try {
        const answer = await server.canI(line);
        expect(answer.allowed, JSON.stringify(answer)).to.equal(each.blind ? null : true);
        expect(answer.missingForUndo).to.deep.equal([]);
        const failed = await server.attempt(line);
        expect(failed?.message).to.equal(undefined);
        await clear(each);
        for (const { name, privileges } of set.roles) {
          const { path } = set.acls.find(({ role }) => role === name)!;
          for (const privilege of privileges) {
            await lay(each);
            await grantAgain(set);
            const rest = privileges.filter((other) => other !== privilege).join(',');
            await server.send('PUT', `/access/roles/${name}`, { privs: rest });
            await without(each, line, privilege, path);
            await server.send('PUT', `/access/roles/${name}`, { privs: privileges.join(',') });
            await clear(each);
          }
        }
      } finally {
        await clear(each);
        for (const { name } of set.roles) await server.send('DELETE', `/access/roles/${name}`);
      }
    });
  }

  async function without(each: Case, line: string, privilege: string, path: string): Promise<void> {
    const key = `${privilege} ${path}`;
    const answer = await server.canI(line);
    const said = [...answer.missing, ...answer.missingForUndo];
    const blind = each.blind === true && answer.allowed === null;
    expect(
      blind || said.some((gap) => isAt(path, gap.path) && gap.privileges.includes(privilege)),
      `can-i without ${key}: ${JSON.stringify(answer)}`,
    ).to.equal(true);
    const error = await server.attempt(line);
    if (each.unnoticed && key in each.unnoticed) return;
    expect(error, `${line} without ${key} should fail`).to.be.an('error');
    if (blind) return;
    expect(answer.allowed, key).to.equal(false);
    for (const gap of answer.missing)
      expect(isAt(path, gap.path), JSON.stringify(gap)).to.equal(true);
    if (error!.code !== 'PMX_PERMISSION_DENIED') return;
    const { path: where, privileges } = error!.data as { path?: string; privileges: string[] };
    // Some refusals of PVE name nothing.
    if (where === undefined) return;
    expect(where, error!.message).to.equal(path);
    expect(privileges).to.include(privilege);
  }
});
