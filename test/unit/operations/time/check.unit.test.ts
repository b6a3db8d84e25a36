import type { Guest, PveReader } from '@pmx-cli/kit';
import { expect } from 'chai';

import { askPlugins } from '#dist/lib/commands/time/hooks.js';
import { checkShiftable } from '#dist/lib/operations/time/check.js';

const guest: Guest = {
  ...{ type: 'qemu', vmid: 101, name: 'jump', node: 'pve1', status: 'running' },
  ...{ template: false, tags: [] },
};

function reader(config: object, privileges: object): PveReader {
  const routes: Record<string, unknown> = {
    '/nodes/pve1/qemu/101/config': config,
    '/access/permissions': { '/vms/101': privileges },
    '/nodes/pve1/qemu/101/agent/get-osinfo': { result: {} },
  };
  return { user: 'ann@pve!t', get: async (path: string) => routes[path] } as unknown as PveReader;
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

describe('before a shift', () => {
  const all = { 'VM.GuestAgent.Unrestricted': 1 };
  const table: Array<[title: string, config: object, privileges: object, code?: string]> = [
    ['all is well', {}, all],
    ['an older server knows VM.Monitor', {}, { 'VM.Monitor': 1 }],
    ['a locked VM', { lock: 'backup' }, all, 'PMX_GUEST_LOCKED'],
    ['a privilege is missing', {}, { 'VM.GuestAgent.Audit': 1 }, 'PMX_PERMISSION_DENIED'],
  ];
  for (const [title, config, privileges, code] of table)
    it(title, async () => {
      expect(await codeOf(checkShiftable(reader(config, privileges), guest))).to.equal(code);
    });

  it('a plugin may be against it, with a reason', async () => {
    const shift = { vmid: 101, name: 'jump', node: 'pve1', to: 'then', reason: undefined };
    const answers = (result: unknown, failures: unknown[] = []): never =>
      ({
        runHook: async () => ({ successes: [{ plugin: { name: 'freeze' }, result }], failures }),
      }) as never;
    await askPlugins(answers(undefined), 'pre-shift', shift);
    const error = await askPlugins(answers({ veto: 'not today.' }), 'pre-shift', shift).catch(
      (thrown: Error) => thrown,
    );
    expect(error).to.include({ code: 'PMX_VETOED', exitCode: 1 });
    expect((error as Error).message)
      .to.include('Plugin freeze')
      .and.to.include('not today.');
    const failures = [{ plugin: { name: 'broken' }, error: new Error('oops') }];
    const work = askPlugins(answers(undefined, failures), 'pre-shift', shift);
    expect(await codeOf(work)).to.equal('PMX_VETOED');
  });
});
