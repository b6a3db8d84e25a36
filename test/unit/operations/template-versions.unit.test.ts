import { allSteps } from '@pmx-cli/kit';
import { expect } from 'chai';

import { createInventory } from '#dist/lib/inventory/index.js';
import { compareVersions } from '#dist/lib/inventory/template-version.js';
import { diffTemplates } from '#dist/lib/operations/template/diff.js';
import { olderVersion, planPromote } from '#dist/lib/operations/template/promote.js';
import { planTemplatePrune } from '#dist/lib/operations/template/prune.js';
import { newVersion } from '#dist/lib/operations/template/publish.js';
import { showTemplate } from '#dist/lib/operations/template/read.js';
import {
  parseVersion,
  readRecord,
  recordLine,
  sourceNote,
  versionOfDay,
} from '#dist/lib/operations/template/record.js';
import { findingsOf, ruleNames } from '#dist/lib/operations/template/validate.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

/** Three versions of debian-13; a linked clone stands on the first, and the second is latest. */
function versions(): { pve: FakePve; inventory: ReturnType<typeof createInventory> } {
  const pve = new FakePve();
  const tags = ['version-2026.9.30', 'latest;version-2026.11.9', 'version-2026.11.20;web'];
  for (const [index, tag] of tags.entries())
    pve.guest(901 + index, {
      name: 'debian-13',
      template: 1,
      tags: tag,
      boot: 'order=scsi0',
      memory: index === 2 ? '4096' : '2048',
      scsi0: `fast:base-${901 + index}-disk-0,size=2G`,
      description: recordLine({ source: 'debian.qcow2', sha256: String(index).repeat(64) }),
    });
  pve.guest(101, { name: 'web-01', scsi0: 'fast:base-901-disk-0/vm-101-disk-0,size=2G' });
  pve.guest(102, {
    name: 'db-01',
    scsi0: 'fast:vm-102-disk-0,size=2G',
    description: 'Made by pmx on 2026-11-20 from template 902 (debian-13)',
  });
  return { pve, inventory: createInventory(pve) };
}

const options = { type: 'qemu', template: true, noun: 'template' } as const;

describe('versions of templates', () => {
  it('orders numbers as numbers', () => {
    const sorted = ['2026.11.20', '2026.9.30', '2026.11.9', '2026.11.20.2', '1.0-rc1', '1.0'];
    expect([...sorted].sort(compareVersions)).to.deep.equal([
      ...['1.0', '1.0-rc1', '2026.9.30', '2026.11.9', '2026.11.20', '2026.11.20.2'],
    ]);
  });

  for (const [word, vmid] of [
    ['debian-13', 902],
    ['debian-13@latest', 902],
    ['debian-13@2026.9.30', 901],
    ['Debian-13@2026.11.20', 903],
    ['903', 903],
  ] as const)
    it(`${word} is template ${vmid}`, async () => {
      const [guest] = await versions().inventory.resolveGuests([word], options);
      expect(guest!.vmid).to.equal(vmid);
    });

  it('takes no bare name for a version where that has to be said', async () => {
    const { inventory } = versions();
    const exact = { ...options, exactVersion: true };
    const error = await failure(() => inventory.resolveGuests(['debian-13'], exact));
    expect(error.code).to.equal('PMX_AMBIGUOUS_NAME');
    const missing = await failure(() => inventory.resolveGuests(['debian-13@1'], options));
    expect(missing.code).to.equal('PMX_TEMPLATE_NOT_FOUND');
  });

  it('counts the versions of a day, and refuses what no tag can be', () => {
    const now = new Date('2026-11-20T10:00:00Z');
    expect(versionOfDay([], now)).to.equal('2026.11.20');
    expect(versionOfDay(['2026.11.20', '2026.11.20.2'], now)).to.equal('2026.11.20.3');
    for (const word of ['latest', '', 'a b', '../x'])
      expect(() => parseVersion(word), word)
        .to.throw()
        .with.property('code', 'PMX_INVALID_VERSION');
  });

  it('promotes: first the new one is tagged, then the old one is not, and undo restores both', async () => {
    const { pve, inventory } = versions();
    const [guest] = await inventory.resolveGuests(['debian-13@2026.11.20'], options);
    const plan = await planPromote(pve, inventory, guest!);
    const steps = allSteps(plan.steps);
    expect(steps.map(({ id, args }) => [id, (args as { set: unknown }).set])).to.deep.equal([
      ['promote-903', { tags: 'latest;version-2026.11.20;web' }],
      ['retire-902', { tags: 'version-2026.11.9' }],
    ]);
    for (const { undo } of steps) expect(undo![0]!.kind).to.equal('pve.restore-config');
    expect(plan.result).to.include({ version: '2026.11.20', before: '2026.11.9', changed: true });
  });

  it('has nothing to do for the version that is latest', async () => {
    const { pve, inventory } = versions();
    const [guest] = await inventory.resolveGuests(['debian-13'], options);
    expect((await planPromote(pve, inventory, guest!)).steps).to.deep.equal([]);
  });

  it('goes back to the version before, and not beyond the first', async () => {
    const { pve, inventory } = versions();
    const [guest] = await inventory.resolveGuests(['debian-13'], options);
    expect((await olderVersion(inventory, guest!)).vmid).to.equal(901);
    pve.guest(910, { name: 'lone', template: 1, tags: 'latest;version-1' });
    pve.guest(911, { name: 'bare', template: 1 });
    const again = createInventory(pve);
    const [lone, bare] = await again.resolveGuests(['lone', 'bare'], options);
    expect((await failure(() => olderVersion(again, lone!))).code).to.equal('PMX_NO_OLDER_VERSION');
    expect((await failure(() => olderVersion(again, bare!))).code).to.equal('PMX_NO_VERSION');
  });

  it('prunes neither what is latest nor what linked clones stand on', async () => {
    const { pve, inventory } = versions();
    pve.guest(900, { name: 'debian-13', template: 1, tags: 'version-2026.1.1' });
    const guests = await inventory.resolveGuests(['*'], options);
    const { plans, kept } = await planTemplatePrune(pve, inventory, guests, 1);
    expect(plans.map(({ target }) => target)).to.deep.equal(['template 900 (debian-13)']);
    expect(kept).to.deep.equal([
      'debian-13@2026.9.30 (901) stays: linked clones stand on it: 101 (web-01).',
    ]);
    expect(pve.writes).to.deep.equal([]);
  });

  it('gives a new template a version, and takes latest from the older one once it is there', async () => {
    const { pve, inventory } = versions();
    const place = { name: 'debian-13', node: 'pve1' };
    const made = await newVersion(pve, inventory, { ...place, wanted: '2027.1.1', promote: true });
    expect(made.tags).to.deep.equal(['version-2027.1.1', 'latest']);
    expect(made.retire.map(({ id }) => id)).to.deep.equal(['retire-902']);
    const kept = await newVersion(pve, inventory, { ...place, wanted: 'x', promote: false });
    expect(kept.tags).to.deep.equal(['version-x']);
    expect(kept.retire).to.deep.equal([]);
    const twice = { ...place, wanted: '2026.11.9', promote: true };
    const error = await failure(() => newVersion(pve, inventory, twice));
    expect(error.code).to.equal('PMX_VERSION_EXISTS');
  });

  it('shows clones, linked and copied, and the other versions', async () => {
    const { pve, inventory } = versions();
    const [first, second] = await inventory.resolveGuests(['901', '902'], options);
    const shown = await showTemplate(pve, inventory, first!);
    expect(shown).to.include({ source: 'debian.qcow2', sha256: '0'.repeat(64), latest: false });
    expect(shown.clones).to.deep.equal([{ vmid: 101, name: 'web-01', node: 'pve1', linked: true }]);
    expect(shown.versions.map(({ vmid }) => vmid)).to.deep.equal([903, 902, 901]);
    const other = await showTemplate(pve, inventory, second!);
    expect(other.clones).to.deep.equal([{ vmid: 102, name: 'db-01', node: 'pve1', linked: false }]);
  });

  it('reads what older ones wrote in words only', () => {
    const sha256 = 'a'.repeat(64);
    const notes = `Mine\nTemplate made by pmx on 2026-11-20 from debian.img\nsha256: ${sha256}`;
    expect(readRecord(notes)).to.deep.equal({ source: 'debian.img', sha256, made: '2026-11-20' });
    expect(readRecord('pmx-template: {broken')).to.deep.equal({});
    const template = { name: 'debian-13', tags: ['version-1'] };
    expect(sourceNote(template, notes)).to.equal(`pmx-source: debian-13@1 sha256:${sha256}\n`);
    expect(sourceNote({ ...template, tags: [] }, notes)).to.equal('');
  });

  it('tells two versions apart by what matters', async () => {
    const { pve, inventory } = versions();
    const [first, third] = await inventory.resolveGuests(['901', '903'], options);
    const fields = (await diffTemplates(pve, first!, third!)).map(({ field }) => field);
    expect(fields).to.deep.equal(['memory', 'sha256', 'tags', 'version']);
    expect(await diffTemplates(pve, first!, first!)).to.deep.equal([]);
  });
});

describe('template validate', () => {
  const sound = {
    memory: '2048',
    cores: 2,
    boot: 'order=scsi0',
    scsihw: 'virtio-scsi-single',
    scsi0: 'fast:base-900-disk-0,discard=on,size=2G',
    scsi1: 'fast:vm-900-cloudinit,media=cdrom',
    net0: 'virtio=AA:BB:CC:00:00:01,bridge=vmbr0',
    agent: 'enabled=1',
    serial0: 'socket',
  };
  const template = guestOf(900, { template: true, tags: ['version-1'] });

  it('has nothing to say about a sound one', () => {
    expect(findingsOf(template, sound)).to.deep.equal([]);
  });

  const cases: Array<
    [rule: string, severity: string, change: Record<string, string | number | undefined>]
  > = [
    ['memory', 'error', { memory: '256' }],
    ['memory', 'warning', { memory: '512' }],
    ['cores', 'info', { cores: 1 }],
    ['disk', 'error', { scsi0: undefined }],
    ['disk-bus', 'warning', { scsi0: undefined, ide0: sound.scsi0, boot: 'order=ide0' }],
    ['scsi-controller', 'warning', { scsihw: 'lsi' }],
    ['discard', 'info', { scsi0: 'fast:base-900-disk-0,size=2G' }],
    ['boot-order', 'error', { boot: ' ' }],
    ['boot-order', 'warning', { boot: 'order=net0;scsi0' }],
    ['network', 'warning', { net0: undefined }],
    ['network', 'warning', { net0: 'e1000=AA:BB:CC:00:00:01,bridge=vmbr0' }],
    ['cloud-init', 'warning', { scsi1: undefined }],
    ['cloud-init', 'error', { scsi1: undefined, ide2: sound.scsi1, machine: 'q35' }],
    ['agent', 'warning', { agent: undefined }],
    ['serial', 'info', { serial0: undefined }],
    ['serial', 'error', { serial0: undefined, vga: 'serial0' }],
    ['efi', 'error', { bios: 'ovmf' }],
    ['efi', 'warning', { efidisk0: 'fast:vm-900-disk-1,size=4M' }],
    ['leftovers', 'warning', { unused0: 'fast:vm-900-disk-3' }],
    ['leftovers', 'warning', { ide2: 'local:iso/debian.iso,media=cdrom' }],
    ['passwords', 'warning', { cipassword: '**********' }],
    ['node-bound', 'warning', { hostpci0: 'host=0000:01:00.0' }],
  ];
  for (const [rule, severity, change] of cases)
    it(`${rule} is a matter for ${severity}: ${JSON.stringify(change)}`, () => {
      const found = findingsOf(template, { ...sound, ...change });
      expect(found.map((finding) => [finding.rule, finding.severity])).to.deep.include([
        rule,
        severity,
      ]);
      for (const { message, remedy } of found) {
        expect(message).to.match(/\.$/);
        expect(remedy).to.not.equal('');
      }
    });

  it('minds what is no template and has no version', () => {
    const rules = findingsOf(guestOf(101), sound).map(({ rule }) => rule);
    expect(rules).to.deep.equal(['template', 'tags']);
    expect(new Set([...cases.map(([rule]) => rule), ...rules])).to.deep.equal(new Set(ruleNames));
  });
});
