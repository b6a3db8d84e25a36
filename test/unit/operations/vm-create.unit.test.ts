import { allSteps, parseDiskSize, type Plan, type Step } from '@pmx-cli/kit';
import { expect } from 'chai';

import { planVmCreate } from '#dist/lib/operations/vm/create.js';
import type { VmCreateRequest } from '#dist/lib/operations/vm/create-request.js';
import { apiError } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { cluster, createRequest } from './support.ts';

const operation = '20260101-000000-aaaaa';

/** The plan with its references replaced, as the server would get it. */
function shown(value: unknown, plan: Plan): unknown {
  const known: Record<string, unknown> = { operation, address: '<address>', ...plan.variables };
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => {
      if (typeof item !== 'object' || item === null) return item;
      if ('$var' in item) return known[item.$var as string];
      if ('$text' in item)
        return (item.$text as Array<string | { $var: string }>)
          .map((part) => (typeof part === 'object' ? known[part.$var] : part))
          .join('');
      return item;
    }),
  );
}

describe('planning vm create', () => {
  const folder = useFolder();

  async function planned(
    request: Partial<VmCreateRequest> = {},
    config = {},
    prepare?: (pve: ReturnType<typeof cluster>['pve']) => void,
  ): Promise<{ plan: Plan; steps: Record<string, Step>; ids: string[] }> {
    const { pve, inventory } = cluster(config);
    prepare?.(pve);
    const plan = await planVmCreate(pve, inventory, createRequest(request));
    expect(pve.writes, 'planning only reads').to.deep.equal([]);
    const steps = Object.fromEntries(
      allSteps(plan.steps).map((step) => [step.id, shown(step, plan) as Step]),
    );
    return { plan, steps, ids: Object.keys(steps) };
  }

  const argsOf = (step: Step | undefined): { path: string; params: Record<string, unknown> } =>
    step!.args as never;
  const params = async (
    request: Partial<VmCreateRequest>,
    config = {},
  ): Promise<Record<string, unknown>> =>
    argsOf((await planned(request, config)).steps['configure']).params;
  const refusal = async (
    request: Partial<VmCreateRequest>,
    config = {},
    prepare?: (pve: ReturnType<typeof cluster>['pve']) => void,
  ) => failure(() => planned(request, config, prepare));

  it('is one clone when nothing else is asked for', async () => {
    const { plan, steps, ids } = await planned();
    expect(ids).to.deep.equal(['clone']);
    expect(argsOf(steps['clone'])).to.deep.include({
      method: 'POST',
      path: '/nodes/pve1/qemu/900/clone',
      vmidVariable: 'vmid',
      lookup: { type: 'qmclone', id: '900' },
    });
    expect(argsOf(steps['clone']).params).to.deep.include({
      newid: 100,
      name: 'web-01',
      full: false,
    });
    expect(argsOf(steps['clone']).params['description']).to.match(
      /\npmx-operation: 20260101-000000-aaaaa$/,
    );
    expect(steps['clone']!.undo).to.deep.equal([
      {
        title: 'Remove VM web-01',
        kind: 'pve.discard-guest',
        args: { node: 'pve1', vmid: 100, lookup: { type: 'qmclone', id: '900' } },
      },
    ]);
    expect(shown(plan.result, plan)).to.deep.equal({
      vmid: 100,
      name: 'web-01',
      node: 'pve1',
      template: { vmid: 900, name: 'debian' },
      clone: 'linked',
      started: false,
      address: null,
      operation,
    });
    expect(plan.notes).to.deep.equal([]);
  });

  it('takes all that can be asked for, in order', async () => {
    const { plan, steps, ids } = await planned(
      {
        vmid: 200,
        memoryMebibytes: 2048,
        cores: 2,
        disk: parseDiskSize('10G'),
        tags: ['web', 'prod'],
        pool: 'p',
        networks: [{ pve: 'virtio,bridge=vmbr0', bridge: 'vmbr0' } as never],
        start: true,
        wait: { until: 'ip', timeoutSeconds: 60 },
      },
      {},
      (pve) => pve.answers.set('/pools', [{ poolid: 'p' }]),
    );
    expect(ids).to.deep.equal(['clone', 'configure', 'resize', 'start', 'wait']);
    expect(argsOf(steps['clone'])).not.to.have.property('vmidVariable');
    expect(argsOf(steps['clone']).params).to.include({ newid: 200, pool: 'p' });
    expect(argsOf(steps['configure'])).to.deep.include({
      path: '/nodes/pve1/qemu/200/config',
      idempotent: true,
    });
    expect(argsOf(steps['configure']).params).to.deep.equal({
      memory: 2048,
      cores: 2,
      net0: 'virtio,bridge=vmbr0',
      tags: 'web;prod',
    });
    expect(argsOf(steps['resize'])).to.deep.equal({
      method: 'PUT',
      path: '/nodes/pve1/qemu/200/resize',
      params: { disk: 'scsi0', size: '10G' },
      lookup: { type: 'resize', id: 200 },
    });
    expect(steps['wait']!.bind).to.deep.equal({ address: 'address' });
    expect(plan.variables).to.deep.equal({ vmid: 200 });
  });

  it('has an address in its result only when it waits for one', async () => {
    for (const [request, bound] of [
      [{ start: true }, true],
      [{ start: true, wait: { until: 'agent', timeoutSeconds: 1 } }, true],
      [{ start: true, wait: { until: 'ssh', timeoutSeconds: 1 } }, false],
      [{ start: false, wait: { until: 'ip', timeoutSeconds: 1 } }, true],
    ] as Array<[Partial<VmCreateRequest>, boolean]>) {
      const { plan, steps } = await planned(request);
      expect('address' in plan.variables!).to.equal(bound);
      expect(steps['wait']?.bind?.['address'] !== undefined).to.equal(!bound);
    }
  });

  describe('linked or full', () => {
    const no = (pve: ReturnType<typeof cluster>['pve']): void =>
      void pve.answers.set('/nodes/pve1/qemu/900/feature', { hasFeature: 0 });
    for (const [what, request, prepare, full, notes] of [
      ['by itself, storage can', {}, undefined, false, 0],
      ['by itself, storage cannot', {}, no, true, 1],
      ['linked asked for', { clone: 'linked' }, undefined, false, 0],
      ['full asked for', { clone: 'full' }, undefined, true, 0],
      ['another storage', { storage: 'fast' }, undefined, true, 0],
    ] as const) {
      it(`${what}: ${full ? 'full' : 'linked'}`, async () => {
        const { plan, steps } = await planned(request as Partial<VmCreateRequest>, {}, prepare);
        expect(argsOf(steps['clone']).params['full']).to.equal(full);
        expect(plan.notes).to.have.length(notes);
        expect(plan.result).to.have.property('clone', full ? 'full' : 'linked');
      });
    }

    it('linked, but the storage cannot: refused beforehand', async () => {
      expect(await refusal({ clone: 'linked' }, {}, no)).to.include({
        code: 'PMX_LINKED_CLONE_UNSUPPORTED',
        exitCode: 1,
      });
    });
    it('linked to another storage: refused', async () => {
      expect(await refusal({ clone: 'linked', storage: 'fast' })).to.include({
        code: 'PMX_LINKED_CLONE_STORAGE',
        exitCode: 1,
      });
    });
  });

  describe('disk', () => {
    for (const [asked, present, size] of [
      ['2G', '2G', undefined],
      ['2048M', '2G', undefined],
      ['3G', '2G', '3G'],
      ['+1G', '2G', '3G'],
      ['+512M', '2G', '2560M'],
      ['2.5G', '2G', '2560M'],
      ['1T', '2252M', '1T'],
    ] as const) {
      it(`${asked} of ${present}: ${size ?? 'no step'}`, async () => {
        const { steps } = await planned(
          { disk: parseDiskSize(asked) },
          { scsi0: `fast:base-900-disk-0,size=${present}` },
        );
        expect(
          steps['resize'] === undefined ? undefined : argsOf(steps['resize']).params['size'],
        ).to.equal(size);
      });
    }

    it('is never shrunk', async () => {
      const error = await refusal({ disk: parseDiskSize('1G') });
      expect(error).to.include({ code: 'PMX_DISK_SHRINK', exitCode: 1 });
      expect(error.message).to.include('2G').and.to.include('1G').and.to.include('scsi0');
    });

    it('must be there', async () => {
      expect(
        await refusal({ disk: parseDiskSize('9G') }, { scsi0: 'none,media=cdrom' }),
      ).to.include({ code: 'PMX_NO_DISK' });
    });

    it('is the one that the template boots from', async () => {
      const { steps } = await planned(
        { disk: parseDiskSize('9G') },
        { boot: 'order=ide2;virtio0;scsi0', virtio0: 'fast:base-900-disk-1,size=1G' },
      );
      expect(argsOf(steps['resize']).params['disk']).to.equal('virtio0');
    });
  });

  describe('cloud-init', () => {
    let userData = '';
    beforeEach(() => void (userData = folder.put('user.yaml', '#cloud-config\n{}\n')));
    const volid = `fast:iso/pmx-${operation}-web-01.iso`;
    const seeded = (more = {}): Partial<VmCreateRequest> => ({
      cloudInit: { sshKeyFiles: [], files: { userData }, ...more },
    });
    const isoOnFast = (pve: ReturnType<typeof cluster>['pve']): void =>
      void pve.answers.set('/nodes/pve1/storage', [
        { storage: 'fast', type: 'dir', content: 'images,iso', active: 1, avail: 1 },
        { storage: 'roomy', type: 'dir', content: 'iso', active: 1, avail: 9 },
      ]);

    it("own files: an ISO beside the clone, in place of PVE's drive, recorded in the description", async () => {
      const { plan, steps, ids } = await planned(seeded(), {}, isoOnFast);
      expect(ids).to.deep.equal(['upload-seed', 'clone', 'configure']);
      expect(plan.steps[0]).to.have.property('parallel').with.length(2);
      expect(steps['upload-seed']!.args).to.deep.equal({
        node: 'pve1',
        storage: 'fast',
        content: 'iso',
        filename: `pmx-${operation}-web-01.iso`,
        source: { type: 'cloud-init-seed', layout: 'nocloud', hostname: 'web-01', userData },
      });
      expect(steps['upload-seed']!.undo).to.deep.equal([
        {
          title: 'Remove the cloud-init ISO',
          kind: 'pve.discard-volume',
          args: { node: 'pve1', storage: 'fast', volid },
        },
      ]);
      expect(argsOf(steps['configure']).params).to.deep.equal({ scsi1: `${volid},media=cdrom` });
      expect(argsOf(steps['clone']).params['description']).to.include(`\npmx-iso: ${volid}`);
      expect(JSON.stringify(plan)).not.to.include('#cloud-config');
    });

    it('own files, no cloud-init drive in the template: a free slot', async () => {
      const { steps } = await planned(
        seeded(),
        { scsi1: 'fast:base-900-disk-1,size=1G' },
        isoOnFast,
      );
      expect(argsOf(steps['configure']).params).to.deep.equal({ scsi2: `${volid},media=cdrom` });
    });

    it('own files on a storage asked for, as config drive', async () => {
      const { steps } = await planned(
        { ...seeded({ kind: 'configdrive' }), isoStorage: 'roomy' },
        {},
        isoOnFast,
      );
      expect(steps['upload-seed']!.args).to.deep.include({ storage: 'roomy' });
      expect(steps['upload-seed']!.args).to.have.nested.property('source.layout', 'configdrive');
    });

    it('users, keys and addresses go to the drive of PVE', async () => {
      const key = folder.put('id.pub', 'ssh-ed25519 AAAAC3Nz me@laptop\n');
      expect(
        await params({
          cloudInit: { user: 'admin', sshKeyFiles: [key], ip: 'ip=dhcp', files: {} },
        }),
      ).to.deep.equal({
        ciuser: 'admin',
        sshkeys: 'ssh-ed25519%20AAAAC3Nz%20me%40laptop',
        ipconfig0: 'ip=dhcp',
      });
    });

    it('users without such a drive in the template: one is added, beside the boot disk', async () => {
      expect(
        await params(
          { cloudInit: { user: 'admin', sshKeyFiles: [], files: {} } },
          { scsi1: 'none,media=cdrom' },
        ),
      ).to.deep.equal({ ciuser: 'admin', scsi2: 'fast:cloudinit' });
    });

    for (const [what, cloudInit, code] of [
      [
        'native with own files',
        { kind: 'native', files: { userData: 'x' } },
        'PMX_CLOUDINIT_NATIVE_FILES',
      ],
      ['nocloud without files', { kind: 'nocloud' }, 'PMX_CLOUDINIT_NO_FILES'],
      ['own files with a user', { user: 'admin', files: { userData: 'x' } }, 'PMX_CLOUDINIT_MIXED'],
      [
        'own files with keys',
        { sshKeyFiles: ['k'], files: { userData: 'x' } },
        'PMX_CLOUDINIT_MIXED',
      ],
      [
        'own files with an address',
        { ip: 'ip=dhcp', files: { userData: 'x' } },
        'PMX_CLOUDINIT_MIXED',
      ],
      ['own files that are not there', { files: { userData: '/nosuch' } }, 'PMX_FILE_UNREADABLE'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        expect(
          await refusal({ cloudInit: { sshKeyFiles: [], files: {}, ...cloudInit } as never }),
        ).to.include({ code, exitCode: 1 });
      });
    }

    it('names the flags that do not go together', async () => {
      const error = await refusal({
        cloudInit: { user: 'a', sshKeyFiles: ['k'], ip: 'ip=dhcp', files: { userData: 'x' } },
      });
      expect(error.message).to.include('--user, --ssh-key, --ip');
    });

    const good = [
      'ssh-ed25519 AAAAC3Nz me@laptop',
      'ssh-rsa AAAAB3Nz==',
      'ecdsa-sha2-nistp256 AAAAE2Vj',
      'sk-ssh-ed25519@openssh.com AAAAGnNr x y z',
      'no-pty,command="ls" ssh-rsa AAAA me',
      '# comment\n\nssh-rsa AAAA a\r\nssh-ed25519 BBBB b',
    ];
    for (const content of good) {
      it(`takes the key file ${JSON.stringify(content.slice(0, 30))}`, async () => {
        expect(
          await params({ cloudInit: { sshKeyFiles: [folder.put('k', content)], files: {} } }),
        ).to.have.property('sshkeys');
      });
    }
    it('joins the keys of all files, without comments', async () => {
      const [a, b] = [
        folder.put('a', '# x\nssh-rsa AAAA a\r\n'),
        folder.put('b', 'ssh-ed25519 BBBB b'),
      ];
      const { sshkeys } = await params({ cloudInit: { sshKeyFiles: [a, b], files: {} } });
      expect(decodeURIComponent(String(sshkeys))).to.equal('ssh-rsa AAAA a\nssh-ed25519 BBBB b');
    });
    for (const [content, code] of [
      ['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n', 'PMX_SSH_KEY_PRIVATE'],
      ['hello', 'PMX_SSH_KEY_INVALID'],
      ['', 'PMX_SSH_KEY_INVALID'],
      ['# only a comment', 'PMX_SSH_KEY_INVALID'],
      ['ssh-rsa AAAA a\ngarbage', 'PMX_SSH_KEY_INVALID'],
      ['ssh-rsa', 'PMX_SSH_KEY_INVALID'],
    ] as const) {
      it(`refuses the key file ${JSON.stringify(content.slice(0, 30))}, without quoting it`, async () => {
        const error = await refusal({
          cloudInit: { sshKeyFiles: [folder.put('k', content)], files: {} },
        });
        expect(error).to.include({ code, exitCode: 1 });
        expect(error.message).not.to.include('AAAA').and.not.to.include('hello');
      });
    }
    it('refuses a key file that is not there', async () => {
      expect((await refusal({ cloudInit: { sshKeyFiles: ['/nosuch'], files: {} } })).message)
        .to.include('/nosuch')
        .and.to.include('does not exist');
    });
  });

  describe('names and places', () => {
    it('notes twins, in any case of letters', async () => {
      const { plan } = await planned({}, {}, (pve) => {
        pve.guest(150, { name: 'WEB-01' });
        pve.guest(151, { name: 'web-01' });
        pve.guest(152, { name: 'web-011' });
      });
      expect(plan.notes).to.have.length(1);
      expect(plan.notes![0]).to.include('(150, 151)');
    });

    it('clones to another node', async () => {
      const { steps } = await planned({ node: 'pve2' });
      expect(argsOf(steps['clone'])).to.have.property('path', '/nodes/pve1/qemu/900/clone');
      expect(argsOf(steps['clone']).params['target']).to.equal('pve2');
      expect(steps['clone']!.undo![0]!.args).to.have.property('node', 'pve2');
    });

    it('names no target for the node it is on', async () => {
      expect(argsOf((await planned({ node: 'pve1' })).steps['clone']).params).not.to.have.property(
        'target',
      );
    });

    for (const [what, request, code, prepare] of [
      ['pool', { pool: 'nosuch' }, 'PMX_POOL_NOT_FOUND', undefined],
      ['storage', { storage: 'nosuch' }, 'PMX_STORAGE_NOT_FOUND', undefined],
      [
        'bridge',
        { networks: [{ pve: 'x', bridge: 'vmbr9' }] },
        'PMX_BRIDGE_NOT_FOUND',
        (pve: ReturnType<typeof cluster>['pve']) =>
          void pve.answers.set('/nodes/pve1/network', [{ iface: 'vmbr0' }]),
      ],
      ['node', { node: 'nosuch' }, 'PMX_NODE_NOT_FOUND', undefined],
      ['VMID, which is taken', { vmid: 900 }, 'PMX_VMID_TAKEN', undefined],
    ] as const) {
      it(`refuses an unknown ${what}`, async () => {
        expect(await refusal(request as never, {}, prepare)).to.include({ code, exitCode: 1 });
      });
    }

    it('passes on what the server says about the template', async () => {
      expect(
        (
          await refusal(
            {},
            {},
            (pve) => void pve.answers.set('/nodes/pve1/qemu/900/config', apiError('nope')),
          )
        ).message,
      ).to.equal('nope');
    });
  });
});
