import { allSteps, type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { createInventory } from '#dist/lib/inventory/index.js';
import { parseCsv } from '#dist/lib/operations/shared/csv.js';
import { VmidPicker } from '#dist/lib/operations/shared/vmid-range.js';
import { conflictNotes, countUp } from '#dist/lib/operations/vm/addresses.js';
import type { NewVmRequest } from '#dist/lib/operations/vm/create-any.js';
import { planVms, type VmRow } from '#dist/lib/operations/vm/create-several.js';
import { newDrive, parseDrive, placeDrives } from '#dist/lib/operations/vm/drives.js';
import { expandNames } from '#dist/lib/operations/vm/names.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { cluster, guestOf } from './support.ts';

describe('names of several VMs', () => {
  for (const [pattern, count, names] of [
    ['web', undefined, ['web']],
    ['web', 1, ['web']],
    ['web-01..03', undefined, ['web-01', 'web-02', 'web-03']],
    ['web-9..11.lab', undefined, ['web-9.lab', 'web-10.lab', 'web-11.lab']],
    ['web-1..2', 2, ['web-1', 'web-2']],
    ['web-{n}', 2, ['web-1', 'web-2']],
    ['{nnn}-db', 1, ['001-db']],
  ] as Array<[string, number | undefined, string[]]>)
    it(`${pattern} ${count ?? ''} is ${names.join(' ')}`, () =>
      expect(expandNames(pattern, count)).to.deep.equal(names));

  for (const [pattern, count, code] of [
    ['web-5..3', undefined, 'PMX_INVALID_BULK'],
    ['web-1..3', 2, 'PMX_INVALID_BULK'],
    ['web-{n}', undefined, 'PMX_INVALID_BULK'],
    ['web', 2, 'PMX_INVALID_BULK'],
    ['web-1..5000', undefined, 'PMX_INVALID_BULK'],
    ['we b{n}', 2, 'PMX_INVALID_NAME'],
  ] as Array<[string, number | undefined, string]>)
    it(`${pattern} ${count ?? ''} is refused`, async () =>
      expect((await failure(() => expandNames(pattern, count))).code).to.equal(code));
});

describe('addresses counted up', () => {
  for (const [config, index, next] of [
    ['ip=10.0.0.10/24,gw=10.0.0.1', 2, 'ip=10.0.0.12/24,gw=10.0.0.1'],
    ['ip=10.0.0.255/16', 1, 'ip=10.0.1.0/16'],
    ['ip=dhcp', 3, 'ip=dhcp'],
    ['ip6=fd00::ffff/64,gw6=fe80::1', 1, 'ip6=fd00::1:0/64,gw6=fe80::1'],
    ['ip6=::ffff:10.0.0.1/120', 1, 'ip6=::ffff:a00:2/120'],
    ['ip=10.0.0.1/24,ip6=fd00::1/64', 1, 'ip=10.0.0.2/24,ip6=fd00::2/64'],
  ] as const)
    it(`${config} + ${index}`, () => expect(countUp(config, index)).to.equal(next));

  for (const [config, index] of [
    ['ip=10.0.0.254/24', 1],
    ['ip=10.0.0.3/30', 1],
    ['ip=10.0.0.1/24,gw=10.0.0.3', 2],
    ['ip6=fd00::ffff:ffff:ffff:ffff/64', 1],
  ] as const)
    it(`${config} + ${index} is refused`, async () =>
      expect((await failure(() => countUp(config, index))).code).to.equal(
        'PMX_ADDRESSES_EXHAUSTED',
      ));

  it('that somebody has are told', async () => {
    const pve = new FakePve();
    pve.guest(101, { ipconfig0: 'ip=10.0.0.5/24' });
    pve.answers.set('/nodes/pve1/lxc/102/config', { net0: 'name=eth0,ip=10.0.0.6/24' });
    pve.answers.set('/nodes/pve1/qemu/103/config', apiError('gone'));
    const guests = [guestOf(101), guestOf(102, { type: 'lxc', name: 'ct' }), guestOf(103)];
    expect(await conflictNotes(pve, guests, ['10.0.0.5', '10.0.0.6', '10.0.0.7'])).to.deep.equal([
      'ct (102) has the address 10.0.0.6 already.',
      'vm-101 (101) has the address 10.0.0.5 already.',
    ]);
    const many = Array.from({ length: 101 }, (_, index) => guestOf(200 + index));
    expect(await conflictNotes(pve, many, ['10.0.0.5'])).to.have.length(1);
    expect(await conflictNotes(pve, many, [])).to.deep.equal([]);
  });
});

describe('drives', () => {
  it('are sizes with a place and options', () => {
    const drive = parseDrive('fast:100G,ssd=on,discard=on,slot=scsi3');
    expect(drive).to.deep.include({ storage: 'fast', slot: 'scsi3' });
    expect(newDrive(drive, 'fast')).to.equal('fast:100,ssd=1,discard=on');
  });

  it('get free slots', () => {
    const slots = placeDrives([parseDrive('1G'), parseDrive('2G,slot=scsi1'), parseDrive('3G')], {
      scsi0: 'x',
    }).map(({ slot }) => slot);
    expect(slots).to.deep.equal(['scsi2', 'scsi1', 'scsi3']);
  });

  for (const [text, code] of [
    ['20', 'PMX_INVALID_SIZE'],
    ['20G,fast=1', 'PMX_INVALID_DISK'],
    ['20G,ssd=maybe', 'PMX_INVALID_DISK'],
    ['20G,cache=fast', 'PMX_INVALID_DISK'],
    ['20G,slot=scsi31', 'PMX_INVALID_DISK'],
  ] as const)
    it(`${text} is refused`, async () =>
      expect((await failure(() => parseDrive(text))).code).to.equal(code));

  it('two in one slot, and new ones that only add, are refused', async () => {
    const twice = ['1G,slot=scsi1', '2G,slot=scsi1'].map(parseDrive);
    expect((await failure(() => placeDrives(twice))).code).to.equal('PMX_INVALID_DISK');
    expect((await failure(() => newDrive(parseDrive('+1G'), 'x'))).hints[0]).to.contain('1G');
    const many = Array.from({ length: 32 }, () => parseDrive('1G'));
    expect((await failure(() => placeDrives(many))).message).to.contain('31');
  });
});

describe('CSV', () => {
  it('has quotes, either separator, and lines', () => {
    const text = '\uFEFFname;tags;note\r\nweb-01;"a;b";"say ""x"""\r\n\r\nweb-02;;"two\nlines"\r\n';
    expect(parseCsv('vms.csv', text)).to.deep.equal([
      { line: 2, values: { name: 'web-01', tags: 'a;b', note: 'say "x"' } },
      { line: 4, values: { name: 'web-02', note: 'two\nlines' } },
    ]);
  });

  for (const [text, message] of [
    ['name\n', 'line 1'],
    ['name,name\na,b\n', "'name' twice"],
    ['name,memory\nweb\n', 'line 2: it has 1 cells, the header 2'],
    ['name\n"web\n', 'line 2: a quote is not closed'],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, async () => {
      const error = await failure(() => parseCsv('vms.csv', text));
      expect(error.code).to.equal('PMX_INVALID_CSV');
      expect(error.message).to.contain(message);
    });
});

describe('ids for one run', () => {
  it('are handed out once each, past those in use and those that are reserved', async () => {
    const pve = new FakePve();
    pve.guest(100);
    pve.guest(102);
    const picker = new VmidPicker(pve, '100-105');
    await picker.reserve(103);
    expect(await picker.next()).to.equal(101);
    expect(await picker.next()).to.equal(104);
    expect(await picker.next()).to.equal(105);
    expect((await failure(() => picker.next())).code).to.equal('PMX_VMID_RANGE_FULL');
  });
});

describe('planning several VMs', () => {
  const row = (pattern: string, request: Partial<NewVmRequest> = {}, count?: number): VmRow => ({
    pattern,
    ...(count !== undefined && { count }),
    request: {
      networks: [],
      cloudInit: { sshKeyFiles: [], files: {} },
      start: false,
      ...request,
    },
  });
  const planned = async (...rows: VmRow[]): Promise<{ plans: Plan[]; reads: string[] }> => {
    const { pve } = cluster();
    const plans = await planVms(pve, createInventory(pve), rows);
    expect(pve.writes).to.deep.equal([]);
    return { plans, reads: pve.reads };
  };
  const params = (plan: Plan): Record<string, unknown> =>
    (allSteps(plan.steps)[0]!.args as { params: Record<string, unknown> }).params;

  it('gives each an id of its own that the engine may pick again', async () => {
    const { plans, reads } = await planned(row('web-01..04', { template: 'debian' }));
    expect(plans.map(({ variables }) => variables!['vmid'])).to.deep.equal([100, 101, 102, 103]);
    for (const plan of plans)
      expect(allSteps(plan.steps)[0]!.args).to.include({ vmidVariable: 'vmid' });
    const config = reads.filter((path) => path === '/nodes/pve1/qemu/900/config');
    expect(config, 'what is the same for all is read once').to.have.length(1);
  });

  it('counts ids and addresses up from the given ones', async () => {
    const cloudInit = { sshKeyFiles: [], files: {}, ip: 'ip=10.0.0.8/24' };
    const { plans } = await planned(row('w-{n}', { vmid: 200, cloudInit }, 2), row('x'));
    expect(plans.map(({ variables }) => variables!['vmid'])).to.deep.equal([200, 201, 100]);
    expect(params(plans[1]!)).to.include({ ipconfig0: 'ip=10.0.0.9/24' });
  });

  it('an empty one is made in one call, its boot order by what it has', async () => {
    const drives = [parseDrive('8G')];
    const { plans } = await planned(
      row('box', { drives, efi: { secureBoot: true }, tpm: true, settings: { bios: 'ovmf' } }),
    );
    expect(params(plans[0]!)).to.include({
      boot: 'order=scsi0',
      scsi0: 'fast:8',
      efidisk0: 'fast:1,efitype=4m,pre-enrolled-keys=1',
      tpmstate0: 'fast:1,version=v2.0',
      bios: 'ovmf',
    });
    expect(plans[0]!.result).to.deep.include({ template: null, clone: null });
  });

  it('disks beside those of the template are added in a task of their own', async () => {
    const drives = [parseDrive('+1G'), parseDrive('4G')];
    const { plans } = await planned(row('box', { template: 'debian', drives, tpm: true }));
    const steps = allSteps(plans[0]!.steps);
    expect(steps.map(({ id }) => id)).to.deep.equal(['clone', 'add-disks', 'resize']);
    expect(steps[1]!.args).to.deep.include({
      method: 'POST',
      params: { scsi2: 'fast:4', tpmstate0: 'fast:1,version=v2.0' },
    });
  });

  for (const [what, rows, code] of [
    ['one name twice', [row('a'), row('A')], 'PMX_NAME_TWICE'],
    ['one id twice', [row('a', { vmid: 200 }), row('b', { vmid: 200 })], 'PMX_NAME_TWICE'],
    [
      'options for the disk of the template',
      [row('a', { template: 'debian', drives: [parseDrive('9G,ssd=1')] })],
      'PMX_INVALID_DISK',
    ],
    ['an unknown ISO', [row('a', { iso: 'nosuch.iso' })], 'PMX_ISO_NOT_FOUND'],
    ['an unknown template', [row('a', { template: 'nosuch' })], 'PMX_TEMPLATE_NOT_FOUND'],
  ] as Array<[string, VmRow[], string]>)
    it(`refuses ${what}`, async () =>
      expect((await failure(() => planned(...rows))).code).to.equal(code));

  it('says which one is wrong', async () => {
    const error = await failure(() => planned(row('a'), row('b', { pool: 'nosuch' })));
    expect(error.message).to.match(/^b: /);
  });
});
