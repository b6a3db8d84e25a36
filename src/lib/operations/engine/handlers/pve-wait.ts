import { connect } from 'node:net';

import type { PveReader, PveWaitArgs, StepResult } from '@pmx-cli/kit';
import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { repeatable, type StepContext } from './handler.js';

const sshPort = 22;
const pauseMillis = 1000;

/** Waits until the guest is of use. A read that takes its time: it can be run again at will. */
export const pveWait = repeatable<'pve.wait'>(async (args, context) => {
  const deadline = Date.now() + args.timeoutSeconds * 1000;
  let reason = 'it never answered';
  while (Date.now() < deadline) {
    try {
      const result = await probe(args, context);
      if (result) return result;
      reason =
        args.until === 'ssh'
          ? 'no SSH server answered'
          : args.type === 'lxc'
            ? 'it has no address'
            : 'the guest agent reports no address';
    } catch (error) {
      // Until the guest has booted PVE answers 500 `QEMU guest agent is not running`, after 3 s.
      if (!isPmxError(error) || error.exitCode !== 3 || error.code === 'PMX_PERMISSION_DENIED')
        throw error;
      reason = error.message;
    }
    context.report(reason);
    await context.sleep(pauseMillis, context.signal);
  }
  throw new SurroundingsError({
    code: 'PMX_WAIT_TIMEOUT',
    message: `The guest was not ready (${args.until}) within ${args.timeoutSeconds} s: ${reason}.`,
    hints: [
      args.type === 'lxc'
        ? 'Does its network device get an address? pmx ct show shows its configuration.'
        : 'Is qemu-guest-agent installed and enabled in the image?',
      'Give it longer with --wait-timeout, or do not wait: --wait none.',
    ],
  });
});

async function probe(args: PveWaitArgs, context: StepContext): Promise<StepResult | undefined> {
  const pve = await context.pve();
  if (args.type === 'lxc') return probeContainer(pve, args, context);
  const agent = `/nodes/${args.node}/qemu/${context.resolve(args.vmid)}/agent`;
  if (args.until === 'agent') {
    await pve.get(`${agent}/info`);
    return {};
  }
  const { result } = await pve.get<{ result: NetworkInterface[] }>(
    `${agent}/network-get-interfaces`,
  );
  const address = preferredAddress(result);
  return reached(args, address);
}

/** PVE looks into the container's namespace itself; a stopped one is HTTP 500 or has no rows. */
async function probeContainer(
  pve: Pick<PveReader, 'get'>,
  args: PveWaitArgs,
  context: StepContext,
): Promise<StepResult | undefined> {
  const path = `/nodes/${args.node}/lxc/${context.resolve(args.vmid)}/interfaces`;
  const rows = (await pve.get<ContainerInterface[] | null>(path)) ?? [];
  const interfaces = rows.map(({ name, inet, inet6 }) => ({
    name,
    'ip-addresses': [...addressOf('ipv4', inet), ...addressOf('ipv6', inet6)],
  }));
  return reached(args, preferredAddress(interfaces));
}

interface ContainerInterface {
  name: string;
  /** With prefix length. */
  inet?: string;
  inet6?: string;
}

function addressOf(type: 'ipv4' | 'ipv6', cidr: string | undefined) {
  if (cidr === undefined) return [];
  return [{ 'ip-address': cidr.split('/')[0]!, 'ip-address-type': type }];
}

async function reached(
  args: PveWaitArgs,
  address: string | undefined,
): Promise<StepResult | undefined> {
  if (address === undefined) return undefined;
  if (args.until !== 'ssh') return { address };
  return (await answersSsh(address)) ? { address } : undefined;
}

interface NetworkInterface {
  name: string;
  'ip-addresses'?: Array<{ 'ip-address': string; 'ip-address-type': 'ipv4' | 'ipv6' }>;
}

/** The first IPv4 address that others can reach, else the first such IPv6 address. */
export function preferredAddress(interfaces: readonly NetworkInterface[]): string | undefined {
  const addresses = interfaces
    .filter(({ name }) => name !== 'lo')
    .flatMap((device) => device['ip-addresses'] ?? [])
    .filter((entry) => !/^(127\.|169\.254\.|::1$|fe80:)/i.test(entry['ip-address']));
  const found = addresses.find((entry) => entry['ip-address-type'] === 'ipv4') ?? addresses[0];
  return found?.['ip-address'];
}

/** True when something at this address greets like an SSH server. */
export function answersSsh(host: string, port = sshPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (banner) => end(banner.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => end(false));
    // Accepted and closed without a word: without this nobody would ever answer.
    socket.once('close', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
