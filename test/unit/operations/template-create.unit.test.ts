import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';

import { allSteps, type Plan, type Step } from '@pmx-cli/kit';
import { expect } from 'chai';

import {
  planTemplateCreate,
  type TemplateCreateRequest,
} from '#dist/lib/operations/template/create.js';
import type { FakePve } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { needs } from '../images/fixtures.ts';
import { cluster } from './support.ts';

/** The smallest thing that passes for a raw disk image: a boot signature and one partition. */
function image(): Buffer {
  const content = Buffer.alloc(2 * 2 ** 20);
  content.set([0x80, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0], 446);
  content.set([0x55, 0xaa], 510);
  return content;
}

describe('planning template create', () => {
  const folder = useFolder();

  async function planned(
    request: Partial<TemplateCreateRequest> = {},
    prepare: (pve: FakePve) => void = () => undefined,
    file = 'debian.img',
  ): Promise<{ plan: Plan; steps: Record<string, Step> }> {
    const { pve, inventory } = cluster();
    prepare(pve);
    const plan = await planTemplateCreate(pve, inventory, {
      imagePath: request.imagePath ?? folder.put(file, image()),
      memoryMebibytes: 1024,
      cores: 2,
      networks: [],
      cloudInit: 'native',
      tags: [],
      signal: new AbortController().signal,
      ...request,
    });
    expect(pve.writes, 'planning only reads').to.deep.equal([]);
    return { plan, steps: Object.fromEntries(allSteps(plan.steps).map((step) => [step.id, step])) };
  }
  const text = (value: unknown): string =>
    typeof value === 'string'
      ? value
      : (value as { $text: Array<string | { $var: string }> }).$text
          .map((part) => (typeof part === 'string' ? part : `<${part.$var}>`))
          .join('');
  const params = (step: Step | undefined): Record<string, unknown> =>
    (step!.args as { params: Record<string, unknown> }).params;

  it('uploads, creates, converts, and removes the upload', async () => {
    const { plan, steps } = await planned();
    const path = folder.file('debian.img');
    const sha256 = createHash('sha256').update(image()).digest('hex');
    expect(Object.keys(steps)).to.deep.equal(['upload', 'create', 'convert', 'clean-up']);
    const { filename, ...upload } = steps['upload']!.args as unknown as Record<string, unknown>;
    expect(text(filename)).to.equal('pmx-<operation>-debian.raw');
    expect(upload).to.deep.equal({
      node: 'pve1',
      storage: 'local',
      content: 'import',
      sha256,
      source: {
        type: 'file',
        path,
        offset: 0,
        length: 2 ** 21,
        fileSize: 2 ** 21,
        modifiedMillis: Math.floor(statSync(path).mtimeMs),
      },
    });
    expect(params(steps['create'])).to.deep.include({
      vmid: { $var: 'vmid' },
      name: 'debian',
      memory: 1024,
      cores: 2,
      scsi1: 'fast:cloudinit',
      agent: 'enabled=1',
    });
    expect(text(params(steps['create'])['scsi0'])).to.equal(
      'fast:0,import-from=local:import/pmx-<operation>-debian.raw,discard=on,iothread=1',
    );
    expect(text(params(steps['create'])['description'])).to.match(
      new RegExp(`from debian.img\\nsha256: ${sha256}\\npmx-operation: <operation>$`),
    );
    expect(text((steps['clean-up']!.args as { volid: unknown }).volid)).to.equal(
      'local:import/pmx-<operation>-debian.raw',
    );
    expect(steps['upload']!.undo![0]).to.deep.include({
      kind: 'pve.discard-volume',
      args: steps['clean-up']!.args,
    });
    expect(steps['create']!.undo![0]).to.deep.include({
      kind: 'pve.discard-guest',
      args: {
        node: 'pve1',
        vmid: { $var: 'vmid' },
        lookup: { type: 'qmcreate', id: { $var: 'vmid' } },
      },
    });
    expect(steps['create']!.args).to.have.property('vmidVariable', 'vmid');
    expect(plan).to.deep.include({
      operation: 'template.create',
      variables: { vmid: 100 },
      notes: [],
    });
    expect(plan.result).to.have.deep.property('image', {
      path,
      format: 'raw',
      sha256,
      checksum: `sha256:${sha256}`,
      virtualSize: 2 ** 21,
    });
  });

  for (const [file, name] of [
    ['Debian 12_generic.img', 'debian-12-generic'],
    ['debian-12.4-amd64.raw', 'debian-12-4-amd64'],
    ['--x--.IMG', 'x'],
    [`${'a'.repeat(80)}.img`, 'a'.repeat(63)],
  ] as const) {
    it(`names it after ${file.slice(0, 30)}`, async () =>
      expect((await planned({}, undefined, file)).plan.target).to.equal(`template ${name}`));
  }

  it('refuses a file whose name gives none', async () => {
    expect(await failure(() => planned({}, undefined, '___.img'))).to.include({
      code: 'PMX_INVALID_NAME',
      exitCode: 1,
    });
  });

  it('takes what is asked for: name, id, node, storages, format, tags, networks, no cloud-init', async () => {
    const { plan, steps } = await planned({
      name: 'base',
      vmid: 555,
      node: 'pve2',
      storage: 'local',
      importStorage: 'local',
      format: 'qcow2',
      tags: ['a', 'b'],
      cloudInit: 'none',
      networks: [{ pve: 'virtio,bridge=vmbr0', bridge: 'vmbr0' } as never],
    });
    expect(plan).to.deep.include({ target: 'template base', variables: { vmid: 555 } });
    expect(steps['create']!.args).to.deep.include({
      path: '/nodes/pve2/qemu',
      vmidVariable: undefined,
    });
    expect(params(steps['create']))
      .to.deep.include({ tags: 'a;b', net0: 'virtio,bridge=vmbr0' })
      .and.not.to.have.property('scsi1');
    expect(text(params(steps['create'])['scsi0'])).to.match(
      /^local:0,import-from=.*,format=qcow2,discard=on/,
    );
  });

  it('chooses the node with the most free memory and the emptiest storage; the upload goes where the disks go if it can', async () => {
    const { plan, steps } = await planned({ storage: 'local' }, (pve) => {
      pve.answers.set('/nodes', [
        { node: 'pve1', status: 'online', maxmem: 8, mem: 7 },
        { node: 'pve2', status: 'online', maxmem: 8, mem: 1 },
      ]);
      pve.answers.set('/nodes/pve2/storage', [
        { storage: 'local', content: 'images,import', active: 1, avail: 1 },
        { storage: 'big', content: 'import', active: 1, avail: 9 },
      ]);
    });
    expect(plan.result).to.include({ node: 'pve2', storage: 'local' });
    expect(steps['upload']!.args).to.have.property('storage', 'local');
  });

  for (const [what, request, code] of [
    ['a VMID that is taken', { vmid: 900 }, 'PMX_VMID_TAKEN'],
    ['a storage without images', { storage: 'nosuch' }, 'PMX_STORAGE_NOT_FOUND'],
    ['an import storage that takes none', { importStorage: 'fast' }, 'PMX_STORAGE_LACKS_CONTENT'],
    ['a node that is not there', { node: 'nosuch' }, 'PMX_NODE_NOT_FOUND'],
    ['a file that is not there', { imagePath: '/nosuch.img' }, 'PMX_FILE_NOT_FOUND'],
  ] as const) {
    it(`refuses ${what}`, async () =>
      expect(await failure(() => planned(request))).to.include({ code, exitCode: 1 }));
  }

  it('says which disks of an OVA are left out', async function () {
    needs(this, 'qemu-img');
    needs(this, 'tar');
    const { run } = await import('../images/fixtures.ts');
    for (const name of ['one', 'two'])
      run(
        'qemu-img',
        'create',
        '-q',
        '-f',
        'vmdk',
        '-o',
        'subformat=streamOptimized',
        folder.file(`${name}.vmdk`),
        '1M',
      );
    folder.put(
      'vm.ovf',
      `<Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References><File ovf:id="f1" ovf:href="one.vmdk"/><File ovf:id="f2" ovf:href="two.vmdk"/></References></Envelope>`,
    );
    run(
      'tar',
      '--format=ustar',
      '-C',
      folder.path,
      '-cf',
      folder.file('vm.ova'),
      'vm.ovf',
      'one.vmdk',
      'two.vmdk',
    );
    const { plan, steps } = await planned({ imagePath: folder.file('vm.ova') });
    expect(plan.notes).to.deep.equal([
      'Only the first disk (one.vmdk) of the OVA is used, not two.vmdk.',
    ]);
    expect(steps['upload']!.args).to.have.nested.property('source.offset').greaterThan(0);
  });
});
