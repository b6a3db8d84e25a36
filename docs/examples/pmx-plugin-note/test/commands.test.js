import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFakeHost, runCommand } from '@pmx-cli/kit/testing';

import List from '../commands/note/list.js';
import Set from '../commands/note/set.js';
import Show from '../commands/note/show.js';

/** A pmx without a server: VM 101 has a note, VM 102 has none. */
const host = () =>
  createFakeHost({
    guests: [
      { vmid: 101, name: 'web-01' },
      { vmid: 102, name: 'web-02' },
    ],
    pve: {
      '/nodes/pve1/qemu/101/config': { description: 'A web server\nnote: keep' },
      '/nodes/pve1/qemu/102/config': {},
    },
  });

test('lists VMs that have a note', async () => {
  const { json, exitCode } = await runCommand(List, ['--json'], { host: host() });
  assert.equal(exitCode, 0);
  assert.deepEqual(json, [{ vmid: 101, name: 'web-01', note: 'keep' }]);
});

test('shows a note, and that there is none', async () => {
  assert.match((await runCommand(Show, ['web-01'], { host: host() })).stdout, /keep/);
  assert.match((await runCommand(Show, ['102'], { host: host() })).stdout, /none/);
});

test('a VM that is not there is told', async () => {
  const { exitCode, stderr } = await runCommand(Show, ['web-09'], { host: host() });
  assert.equal(exitCode, 1);
  assert.match(stderr, /PMX_VM_NOT_FOUND/);
});

test('writes a note, and keeps what else the description says', async () => {
  const { plans } = await runCommand(Set, ['web-01', 'of Ann'], { host: host() });
  const [step] = plans[0].steps;
  assert.equal(step.args.set.description, 'A web server\nnote: of Ann');
  assert.equal(step.undo.length, 1);
});

test('a dry run carries nothing out', async () => {
  const { plans, recording } = await runCommand(Set, ['web-02', 'new', '--dry-run'], {
    host: host(),
  });
  assert.deepEqual(plans, []);
  assert.equal(recording.described.length, 1);
});
