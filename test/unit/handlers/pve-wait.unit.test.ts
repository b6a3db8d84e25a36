import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import { ref } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import {
  answersSsh,
  preferredAddress,
  pveWait,
} from '#dist/lib/operations/engine/handlers/pve-wait.js';
import { apiError, denied, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const info = '/nodes/pve1/qemu/101/agent/info';
const interfaces = '/nodes/pve1/qemu/101/agent/network-get-interfaces';
const wait = (until: 'agent' | 'ip' | 'ssh', timeoutSeconds = 60) => ({
  node: 'pve1',
  vmid: ref('vmid'),
  until,
  timeoutSeconds,
});
const v4 = (address: string) => ({ 'ip-address': address, 'ip-address-type': 'ipv4' as const });
const v6 = (address: string) => ({ 'ip-address': address, 'ip-address-type': 'ipv6' as const });

/** Answers that come one after the other, the last for ever. */
function series(...answers: unknown[]): () => unknown {
  return () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

const notRunning = apiError('QEMU guest agent is not running.');

describe('pve.wait', () => {
  it('asks until the agent answers', async () => {
    const pve = new FakePve();
    pve.answers.set(info, series(notRunning, notRunning, { result: {} }));
    const context = contextFor(pve, { vmid: 101 });
    expect(await pveWait.run(wait('agent'), context)).to.deep.equal({});
    expect(context.pauses).to.deep.equal([1000, 1000]);
    expect(context.reports[0]).to.equal('QEMU guest agent is not running.');
  });

  it('asks until there is an address that others can reach', async () => {
    const pve = new FakePve();
    const lo = { name: 'lo', 'ip-addresses': [v4('127.0.0.1')] };
    pve.answers.set(
      interfaces,
      series(
        notRunning,
        { result: [lo] },
        { result: [lo, { name: 'eth0' }] },
        { result: [lo, { name: 'eth0', 'ip-addresses': [v6('fe80::1'), v4('10.0.0.5')] }] },
      ),
    );
    const context = contextFor(pve, { vmid: 101 });
    expect(await pveWait.run(wait('ip'), context)).to.deep.equal({ address: '10.0.0.5' });
    expect(context.pauses).to.have.length(3);
    expect(context.reports[1]).to.equal('the guest agent reports no address');
  });

  it('ends after its time, with the last reason and what to look at', async () => {
    const pve = new FakePve();
    pve.answers.set(info, notRunning);
    const context = contextFor(
      pve,
      { vmid: 101 },
      { sleep: () => new Promise((resolve) => setTimeout(resolve, 5)) },
    );
    const error = await failure(() => pveWait.run(wait('agent', 0.02), context));
    expect(error).to.include({ code: 'PMX_WAIT_TIMEOUT', exitCode: 2 });
    expect(error.message).to.include('0.02 s').and.to.include('QEMU guest agent is not running');
    expect(error.hints.join()).to.include('--wait-timeout');
  });

  for (const [what, error] of [
    ['a missing right', denied('/vms/101')],
    ['a broken network', new SurroundingsError({ code: 'PMX_UNREACHABLE', message: 'gone' })],
    ['a bug', new TypeError('x')],
  ] as const) {
    it(`does not wait for ${what} to go away`, async () => {
      const pve = new FakePve();
      pve.answers.set(info, error);
      const context = contextFor(pve, { vmid: 101 });
      expect(await failure(() => pveWait.run(wait('agent'), context))).to.equal(error);
      expect(context.pauses).to.deep.equal([]);
    });
  }

  it('can be interrupted', async () => {
    const pve = new FakePve();
    const context = contextFor(pve, { vmid: 101 });
    pve.answers.set(info, () => {
      context.stop.abort();
      throw notRunning;
    });
    expect((await failure(() => pveWait.run(wait('agent'), context))).exitCode).to.equal(130);
  });

  const cases: Array<[string, Parameters<typeof preferredAddress>[0], string | undefined]> = [
    [
      'IPv4 before IPv6',
      [{ name: 'eth0', 'ip-addresses': [v6('2001:db8::1'), v4('10.0.0.5')] }],
      '10.0.0.5',
    ],
    [
      'IPv6 where there is no IPv4',
      [{ name: 'eth0', 'ip-addresses': [v6('fe80::1'), v6('2001:db8::1')] }],
      '2001:db8::1',
    ],
    [
      'IPv4 of a later device',
      [
        { name: 'a', 'ip-addresses': [v6('2001:db8::1')] },
        { name: 'b', 'ip-addresses': [v4('10.0.0.6')] },
      ],
      '10.0.0.6',
    ],
    [
      'no loopback, whatever it is called',
      [{ name: 'Loopback', 'ip-addresses': [v4('127.0.0.1'), v6('::1')] }],
      undefined,
    ],
    ['nothing of lo', [{ name: 'lo', 'ip-addresses': [v4('10.9.9.9')] }], undefined],
    [
      'no link-local address',
      [{ name: 'eth0', 'ip-addresses': [v4('169.254.3.4'), v6('FE80::2')] }],
      undefined,
    ],
    [
      'addresses that only look alike',
      [{ name: 'eth0', 'ip-addresses': [v4('12.7.0.1')] }],
      '12.7.0.1',
    ],
    ['a device without addresses', [{ name: 'eth0' }], undefined],
    ['no devices', [], undefined],
  ];
  for (const [name, devices, expected] of cases)
    it(`prefers: ${name}`, () => expect(preferredAddress(devices)).to.equal(expected));
});

describe('an SSH server', () => {
  async function answer(behave: (socket: Socket) => void): Promise<boolean> {
    const server = createServer(behave).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await answersSsh('127.0.0.1', (server.address() as AddressInfo).port);
    } finally {
      server.close();
    }
  }

  it('greets', async () =>
    expect(await answer((socket) => socket.write('SSH-2.0-x\r\n'))).to.equal(true));
  it('is not what greets otherwise', async () =>
    expect(await answer((socket) => socket.write('220 smtp\r\n'))).to.equal(false));
  it('is not what hangs up without a word', async () =>
    expect(await answer((socket) => socket.end())).to.equal(false));
  it('is not what is not there', async () =>
    expect(await answersSsh('127.0.0.1', 1)).to.equal(false));
});
