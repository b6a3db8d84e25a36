import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFakeHost } from '@pmx-cli/kit/testing';

import completion from '../hooks/completion.js';
import plan from '../hooks/plan.js';

const session = (pluginSettings = {}) =>
  createFakeHost({
    guests: [{ vmid: 101, name: 'web-01' }],
    pve: { '/nodes/pve1/qemu/101/config': { description: 'note: keep' } },
    pluginSettings,
  }).open({ log: {}, 'no-color': true });

const about = (operation) => ({
  operation,
  target: 'VM 101 (web-01)',
  title: 'Something with VM 101',
  steps: [],
  result: null,
});

test('a VM with the note is not deleted', async () => {
  const asked = { command: 'vm:delete', dryRun: false };
  const answer = await plan({ ...asked, plan: about('vm.delete'), session: session() });
  assert.match(answer.veto, /web-01/);
  assert.equal(await plan({ ...asked, plan: about('vm.start'), session: session() }), undefined);
});

test('the word is a setting', async () => {
  const other = session({ 'note.keep': 'precious' });
  const asked = { plan: about('vm.delete'), command: 'vm:delete', dryRun: true, session: other };
  assert.equal(await plan(asked), undefined);
});

test('completes a note', async () => {
  const [first] = await completion({ what: 'note', session: session() });
  assert.equal(first.value, 'keep');
});
