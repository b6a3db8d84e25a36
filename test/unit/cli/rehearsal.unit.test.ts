import type { Session } from '@pmx-cli/kit';
import { createFakeHost } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { rehearsalOf } from '#dist/lib/rehearsal.js';

describe('a session for planning only', () => {
  const plan = { operation: 'x', target: 'x', title: 'x', steps: [], result: null };

  function open(): { session: Session; host: ReturnType<typeof createFakeHost> } {
    const host = createFakeHost({ pve: { '/nodes': [], '/version': { version: '9.2' } } });
    return {
      host,
      session: host.open({ format: { type: 'table' }, log: { format: 'text' }, 'no-color': true }),
    };
  }

  it('notes every read, of the typed paths and of the inventory too', async () => {
    const { session, reads } = rehearsalOf(open().session);
    const pve = await session.pve();
    await pve.get('/version');
    await pve.api.nodes.$get();
    await (await session.inventory()).nodes();
    expect(reads.map(({ path }) => path)).to.deep.equal(['/version', '/nodes', '/nodes']);
  });

  it('carries nothing out, asks nothing, prints nothing', async () => {
    const { session: whole, host } = open();
    const { session } = rehearsalOf(whole);
    const token = { type: 'token', tokenId: 'a@pve!b', secret: 'x' } as const;
    for (const attempt of [
      () => session.operations.run(plan),
      () => session.prompt.confirm('?'),
      () => session.prompt.secret('?'),
      () => session.prompt.text('?'),
      () => session.prompt.choose('?', []),
      () => session.access.enter({ endpoint: 'https://x:8006' }, token),
      () => session.access.realms({ endpoint: 'https://x:8006' }),
    ]) {
      const error = await attempt().catch((thrown: { code: string }) => thrown);
      expect(error).to.include({ code: 'PMX_NO_PLAN' });
    }
    expect(session.prompt.possible).to.equal(false);
    session.output.print('x');
    session.output.warn('x');
    expect(host.recording.runs).to.deep.equal([]);
    expect(host.recording.logins).to.deep.equal([]);
    expect([...host.recording.stdout, ...host.recording.stderr]).to.deep.equal([]);
  });

  it('leaves the session around it open, and everything else as it is', async () => {
    const { session: whole, host } = open();
    const { session } = rehearsalOf(whole);
    await session.close();
    expect(host.recording.closed).to.equal(0);
    session.protect('hunter2-hunter2');
    expect(session.redact('a hunter2-hunter2')).to.equal('a [secret]');
    expect(session.paths).to.equal(whole.paths);
  });
});
