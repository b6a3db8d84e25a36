import { expect } from 'chai';

import { ProxmoxError } from '@pmx-cli/kit/errors';

import { TicketSession } from '#dist/lib/auth/session.js';

const minute = 60_000;

describe('auth: the ticket of a password login', () => {
  let now: number;
  let logins: string[];
  let refuse: (password: string) => boolean;
  let session: TicketSession;

  beforeEach(() => {
    now = 0;
    logins = [];
    refuse = () => false;
    session = new TicketSession({
      username: 'root@pam',
      password: 'right',
      now: () => now,
      login: async (_, password) => {
        logins.push(password);
        await Promise.resolve();
        if (refuse(password))
          throw new ProxmoxError({ code: 'PMX_AUTH_FAILED', message: 'authentication failure' });
        return { ticket: `ticket${logins.length}`, CSRFPreventionToken: `csrf${logins.length}` };
      },
    });
  });

  it('keeps a ticket for an hour, then renews it with itself', async () => {
    expect(await session.ticket()).to.include({ ticket: 'ticket1', csrfToken: 'csrf1' });
    now = 59 * minute;
    expect(await session.ticket()).to.include({ ticket: 'ticket1' });
    now = 60 * minute;
    expect(await session.ticket()).to.include({ ticket: 'ticket2' });
    now = 119 * minute;
    expect(await session.ticket()).to.include({ ticket: 'ticket2' });
    expect(logins).to.deep.equal(['right', 'ticket1']);
  });

  it('falls back to the password when the old ticket has expired', async () => {
    await session.ticket();
    now = 180 * minute;
    refuse = (password) => password === 'ticket1';
    expect(await session.ticket()).to.include({ ticket: 'ticket3' });
    expect(logins).to.deep.equal(['right', 'ticket1', 'right']);
  });

  it('does not hide that the server cannot be reached', async () => {
    await session.ticket();
    now = 60 * minute;
    session = new TicketSession({
      username: 'a',
      password: 'b',
      login: () => Promise.reject(new Error('network')),
    });
    let message = '';
    await session.ticket().catch((error: Error) => (message = error.message));
    expect(message).to.equal('network');
  });

  it('shares a login, also after a 401 that several requests got', async () => {
    const [first] = await Promise.all([session.ticket(), session.ticket(), session.ticket()]);
    expect(logins.length).to.equal(1);
    const again = await Promise.all([
      session.ticket(first),
      session.ticket(first),
      session.ticket(first),
    ]);
    expect(new Set(again).size).to.equal(1);
    expect(logins).to.deep.equal(['right', 'right']);
    // One that comes late with the old ticket gets the new one, without another login.
    expect(await session.ticket(first)).to.equal(again[0]);
    expect(logins.length).to.equal(2);
  });

  it('can be used again after a login that failed', async () => {
    refuse = () => true;
    let failed = 0;
    await session.ticket().catch(() => failed++);
    refuse = () => false;
    expect(await session.ticket()).to.include({ ticket: 'ticket2' });
    expect(failed).to.equal(1);
  });
});
