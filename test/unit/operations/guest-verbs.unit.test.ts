import { allSteps, type Guest } from '@pmx-cli/kit';
import { expect } from 'chai';

import { tagWords } from '#dist/lib/commands/guest/tag-words.js';
import { planPower, type PowerVerb } from '#dist/lib/operations/guest/power.js';
import { withExactState } from '#dist/lib/operations/guest/reads.js';
import { planRename } from '#dist/lib/operations/guest/rename.js';
import {
  agentOption,
  bootOption,
  parseSettings,
  planSet,
  type SetRequest,
} from '#dist/lib/operations/guest/set.js';
import { planTags, tagsAfter } from '#dist/lib/operations/guest/tag.js';
import { carriesOptions, sameValue } from '#dist/lib/operations/shared/guest-config.js';
import { failure } from '../engine/lab.ts';
import { cluster, guestOf } from './support.ts';

type State = Guest['status'] | 'hibernated';
const inState = (state: State, more: Partial<Guest> = {}): Guest =>
  guestOf(101, {
    status: state === 'hibernated' ? 'stopped' : state,
    ...(state === 'hibernated' && { lock: 'suspended' }),
    ...more,
  });

describe('planning reboot, reset, suspend, resume', () => {
  for (const [verb, state, task, undo] of [
    ['reboot', 'running', 'qmreboot', undefined],
    ['reset', 'running', 'qmreset', undefined],
    ['reset', 'paused', 'qmreset', undefined],
    ['suspend', 'running', 'qmpause', 'resume'],
    ['resume', 'paused', 'qmresume', 'suspend'],
    ['resume', 'hibernated', 'qmresume', undefined],
  ] as Array<[PowerVerb, State, string, string?]>) {
    it(`${verb} of a ${state} VM: task ${task}, undone by ${undo ?? 'nothing'}`, () => {
      const [step] = allSteps(planPower({ guest: inState(state), verb, wait: true }).steps);
      expect(step!.args).to.deep.include({
        path: `/nodes/pve1/qemu/101/status/${verb}`,
        lookup: { type: task, id: '101' },
      });
      const path = step!.undo?.map(({ args }) => ('path' in args ? args.path : ''));
      expect(path).to.deep.equal(undo && [`/nodes/pve1/qemu/101/status/${undo}`]);
    });
  }

  for (const [verb, state, words] of [
    ['suspend', 'paused', 'paused'],
    ['suspend', 'hibernated', 'suspended to disk'],
    ['resume', 'running', 'running'],
  ] as Array<[PowerVerb, State, string]>) {
    it(`${verb} of a ${state} VM is nothing, and says so`, () => {
      const plan = planPower({ guest: inState(state), verb, wait: true });
      expect(plan.steps).to.deep.equal([]);
      expect(plan.notes).to.deep.equal([`VM 101 (vm-101) is ${words} already.`]);
    });
  }

  for (const [verb, state, code] of [
    ['reboot', 'stopped', 'PMX_GUEST_NOT_RUNNING'],
    ['reboot', 'hibernated', 'PMX_GUEST_NOT_RUNNING'],
    ['reboot', 'paused', 'PMX_GUEST_PAUSED'],
    ['reset', 'stopped', 'PMX_GUEST_NOT_RUNNING'],
    ['suspend', 'stopped', 'PMX_GUEST_NOT_RUNNING'],
    ['resume', 'stopped', 'PMX_GUEST_NOT_RUNNING'],
  ] as Array<[PowerVerb, State, string]>) {
    it(`refuses ${verb} of a ${state} VM: ${code}`, async () => {
      const plan = () => planPower({ guest: inState(state), verb, wait: true });
      const error = await failure(plan);
      expect(error).to.include({ code, exitCode: 1 });
      expect(error).to.have.property('hints').that.is.not.empty;
    });
  }

  it('suspends to disk, also what is paused already, on the storage asked for', () => {
    const suspend = (state: State, toDisk: { storage?: string }) =>
      allSteps(planPower({ guest: inState(state), verb: 'suspend', wait: true, toDisk }).steps)[0]!;
    expect(suspend('running', { storage: 'fast' }).args).to.deep.include({
      params: { todisk: true, statestorage: 'fast' },
      lookup: { type: 'qmsuspend', id: '101' },
    });
    expect(suspend('paused', {}).title).to.equal('Suspend VM 101 (vm-101) to disk');
  });

  it('nobody says whether a container is frozen, so resume is always sent', () => {
    const guest = guestOf(200, { type: 'lxc', status: 'running' });
    const [step] = allSteps(planPower({ guest, verb: 'resume', wait: true }).steps);
    expect(step!.args).to.have.deep.property('lookup', { type: 'vzresume', id: '200' });
    const [suspend] = allSteps(planPower({ guest, verb: 'suspend', wait: true }).steps);
    expect(suspend!.args).to.have.deep.property('lookup', { type: 'vzsuspend', id: '200' });
  });

  for (const [answer, status, lock] of [
    [{ status: 'running', qmpstatus: 'paused' }, 'paused', undefined],
    [{ status: 'running', qmpstatus: 'running' }, 'running', undefined],
    [{ status: 'stopped', lock: 'suspended' }, 'stopped', 'suspended'],
    [{}, 'unknown', undefined],
  ] as const) {
    it(`reads ${JSON.stringify(answer)} as ${status}`, async () => {
      const { pve } = cluster();
      pve.answers.set('/nodes/pve1/qemu/101/status/current', answer);
      const guest = await withExactState(pve, guestOf(101, { status: 'unknown', lock: 'old' }));
      expect(guest).to.include({ status });
      expect(guest.lock).to.equal(lock);
    });
  }
});

describe('planning changes of options', () => {
  const config = {
    name: 'vm-101',
    memory: '2048',
    onboot: 1,
    tags: 'prod;web',
    agent: 'enabled=1,fstrim_cloned_disks=1',
    scsi0: 'local:101/vm-101-disk-0.raw,size=2G',
    unused0: 'local:101/vm-101-disk-9.raw',
    digest: 'd1',
  };
  const plans = async (request: Partial<SetRequest>, problems: string[] = []) => {
    const { pve } = cluster();
    pve.guest(101, config);
    const check = { check: async () => problems };
    return planSet(pve, check, { guests: [guestOf(101)], set: {}, remove: [], ...request });
  };
  const one = async (request: Partial<SetRequest>) => (await plans(request))[0]!;

  it('sends what differs only, with what it was, and undoes just that', async () => {
    const plan = await one({ set: { memory: 4096, onboot: 1, cores: 2 }, remove: ['tags', 'vga'] });
    const [step] = allSteps(plan.steps);
    expect(step).to.deep.include({
      kind: 'pve.configure',
      args: {
        path: '/nodes/pve1/qemu/101',
        set: { memory: 4096, cores: 2 },
        remove: ['tags'],
        before: { memory: '2048', cores: null, tags: 'prod;web' },
      },
    });
    expect(step!.undo![0]).to.have.property('kind', 'pve.restore-config');
    expect(plan.notes).to.include('VM 101 (vm-101): memory: 2048 → 4096');
    expect(plan.notes).to.include('VM 101 (vm-101): cores: not set → 2');
    expect(plan.result).to.have.deep.property('changes', [
      { option: 'memory', old: '2048', new: 4096 },
      { option: 'cores', old: null, new: 2 },
      { option: 'tags', old: 'prod;web', new: null },
    ]);
  });

  for (const set of [
    { memory: 2048 },
    { tags: 'web;prod' },
    { protection: 0 },
    { onboot: '1' },
    { agent: agentOption(true) },
  ] as Array<SetRequest['set']>) {
    it(`has nothing to change for ${JSON.stringify(set)}`, async () => {
      const plan = await one({ set });
      expect(plan.steps).to.deep.equal([]);
      expect(plan.result).to.include({ changed: false });
      expect(plan.notes).to.deep.equal(['VM 101 (vm-101): nothing to change.']);
    });
  }

  it('keeps secrets out of the plan, and says that they cannot come back', async () => {
    const plan = await one({ secrets: { cipassword: 'hush-hush' } });
    expect(plan.secrets).to.deep.equal({ cipassword: 'hush-hush' });
    expect(JSON.stringify({ ...plan, secrets: undefined })).not.to.include('hush-hush');
    expect(plan.notes).to.include('The old cipassword cannot be read, so undo cannot restore it.');
  });

  it('to delete an unused disk cannot be taken back, and names the volume', async () => {
    const plan = await one({ remove: ['unused0'] });
    expect(allSteps(plan.steps)[0]).to.have.property('destructive', true);
    expect(plan.impact!.removes).to.deep.equal([
      { what: 'disk', name: config.unused0, detail: 'unused0' },
    ]);
  });

  it('a new disk is made in a task, and undo deletes its volume', async () => {
    const [step] = allSteps((await one({ set: { scsi1: 'local:4' } })).steps);
    expect(step!.args).to.have.property('inTask', true);
    expect(step!.undo![0]!.args).to.have.deep.property('discard', ['scsi1']);
  });

  it('agent: the other parts of the option stay', async () => {
    const [step] = allSteps((await one({ set: { agent: agentOption(false) } })).steps);
    expect(step!.args).to.have.deep.property('set', { agent: 'enabled=0,fstrim_cloned_disks=1' });
  });

  for (const [request, code] of [
    [{}, 'PMX_NOTHING_TO_SET'],
    [{ set: { memory: 1 }, remove: ['memory'] }, 'PMX_INVALID_GUEST_OPTION'],
    [{ set: { name: 'x' }, guests: [guestOf(101), guestOf(102)] }, 'PMX_ONE_GUEST_ONLY'],
  ] as Array<[Partial<SetRequest>, string]>) {
    it(`refuses ${JSON.stringify(request)}: ${code}`, async () =>
      expect(await failure(() => plans(request))).to.include({ code, exitCode: 1 }));
  }

  it('refuses what the description of the API does not allow', async () => {
    const error = await failure(() => plans({ set: { cores: 0 } }, ['cores: 0 is too small.']));
    expect(error).to.include({
      code: 'PMX_INVALID_GUEST_OPTION',
      message: 'cores: 0 is too small.',
    });
  });

  for (const [words, code] of [
    [['memory'], 'PMX_INVALID_GUEST_OPTION'],
    [['=1'], 'PMX_INVALID_GUEST_OPTION'],
    [['cipassword=x'], 'PMX_SECRET_IN_ARGUMENTS'],
  ] as const) {
    it(`--set ${words.join(' ')}: ${code}`, async () =>
      expect(await failure(() => parseSettings(words))).to.include({ code, exitCode: 1 }));
  }

  it('--set takes = in values; --boot takes devices', () => {
    expect(parseSettings(['net0=virtio,bridge=vmbr0', 'vga='])).to.deep.equal({
      net0: 'virtio,bridge=vmbr0',
      vga: '',
    });
    expect(bootOption('scsi0,net0')).to.equal('order=scsi0;net0');
    expect(bootOption('order=scsi0')).to.equal('order=scsi0');
  });
});

describe('tags and names', () => {
  it('+TAG adds, TAG- removes, the rest names guests', () => {
    expect(tagWords(['web-01', '+prod', 'test-', '110-120', '-'])).to.deep.equal({
      guests: ['web-01', '110-120', '-'],
      change: { add: ['prod'], remove: ['test'] },
    });
  });

  for (const [now, change, after] of [
    [['b'], { add: ['A'], remove: [] }, ['a', 'b']],
    [['a', 'b'], { add: [], remove: ['B', 'c'] }, ['a']],
    [['a'], { add: [], remove: [], replace: ['z', 'y', 'z'] }, ['y', 'z']],
    [['a'], { add: [], remove: [], replace: [] }, []],
  ] as const) {
    it(`${now.join()} and ${JSON.stringify(change)} → ${after.join() || 'none'}`, () =>
      expect(tagsAfter(now, change)).to.deep.equal(after));
  }

  it('the last tag that goes takes the option with it', async () => {
    const { pve } = cluster();
    pve.guest(101, { tags: 'a' });
    const [plan] = await planTags(pve, [guestOf(101)], { add: [], remove: ['a'] });
    expect(allSteps(plan!.steps)[0]!.args).to.deep.include({ set: {}, remove: ['tags'] });
    const none = { add: [], remove: [] };
    expect(await failure(() => planTags(pve, [guestOf(101)], none))).to.have.property(
      'code',
      'PMX_NOTHING_TO_SET',
    );
    const both = { add: ['x'], remove: ['x'] };
    expect(await failure(() => planTags(pve, [guestOf(101)], both))).to.have.property(
      'code',
      'PMX_INVALID_GUEST_OPTION',
    );
  });

  it('a container is renamed by its hostname; twins are named', async () => {
    const { pve, inventory } = cluster();
    pve.answers.set('/nodes/pve1/lxc/200/config', { hostname: 'proxy' });
    const guest = guestOf(200, { type: 'lxc', name: 'proxy' });
    const plan = await planRename(pve, inventory, guest, 'Debian');
    expect(allSteps(plan.steps)[0]!.args).to.have.deep.property('set', { hostname: 'Debian' });
    expect(plan.notes!.join()).to.include('There is a guest named Debian already (900)');
  });
});

describe('comparing values of options', () => {
  for (const [option, a, b, same] of [
    ['memory', '2048', 2048, true],
    ['memory', 'current=2048', 2048, true],
    ['memory', '2048', null, false],
    ['tags', 'a;B', 'b,a', true],
    ['net0', 'virtio=AA,bridge=vmbr0', 'bridge=vmbr0,virtio=AA', true],
    ['net0', 'virtio=AA,bridge=vmbr0', 'virtio=AA,bridge=vmbr0,tag=5', false],
    ['description', 'text\n', 'text', true],
    ['name', 'a,b', 'b,a', false],
    ['vga', null, null, true],
  ] as const) {
    it(`${option}: ${a} and ${b} ${same ? 'mean the same' : 'differ'}`, () =>
      expect(sameValue(option, a, b)).to.equal(same));
  }

  for (const [option, value, wanted, carries] of [
    ['net0', 'virtio=AA:BB,bridge=vmbr0', 'virtio,bridge=vmbr0', true],
    ['net0', 'virtio=AA:BB,bridge=vmbr0', 'virtio,bridge=vmbr1', false],
    ['scsi0', null, 'local:4', false],
  ] as const) {
    it(`${option}: ${value} ${carries ? 'is' : 'is not'} what was made of ${wanted}`, () =>
      expect(carriesOptions(option, value, wanted)).to.equal(carries));
  }
});
