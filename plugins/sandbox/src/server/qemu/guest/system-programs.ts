import { KERNEL, guestHostName } from './inside.js';
import { optionOf, splitArgs, usage } from './program.js';
import type { Context, Program } from './program.js';

const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9-]{1,63})*$/;
/** cloud-init is done that much later than the agent answers (measured: 63 s after 52 s). */
const CLOUD_INIT_SHARE = 0.2;

function setName({ files }: Context, name: string): boolean {
  return NAME.test(name) && name.length <= 64 && files.write('/etc/hostname', `${name}\n`);
}

export const hostname: Program = (context) => {
  const { words, options } = splitArgs(context.args);
  const name = guestHostName(context.vm);
  const [wanted] = words;
  if (wanted !== undefined)
    return setName(context, wanted) ? {} : usage('hostname', 'the specified hostname is invalid');
  if (options.has('-I')) return usage('hostname', 'no addresses are known in here');
  if (options.has('-d') || options.has('--domain'))
    return { out: `${name.split('.').slice(1).join('.')}\n` };
  return { out: `${options.has('-s') || options.has('--short') ? name.split('.')[0] : name}\n` };
};

/** `hostnamectl`: shows and sets the name. */
export const hostnamectl: Program = (context) => {
  const { words, options } = splitArgs(context.args);
  const [verb = 'status', wanted] = words;
  const name = guestHostName(context.vm);
  if ((verb === 'hostname' || verb === 'set-hostname') && wanted !== undefined)
    return setName(context, wanted)
      ? {}
      : { err: `Could not set static hostname: Invalid static hostname '${wanted}'\n`, code: 1 };
  if (verb === 'hostname' || options.has('--static')) return { out: `${name}\n` };
  if (verb !== 'status') return { err: `Unknown command verb ${verb}.\n`, code: 1 };
  const rows: [string, string][] = [
    ['Static hostname', name],
    ['Icon name', 'computer-vm'],
    ['Chassis', 'vm'],
    ['Virtualization', 'kvm'],
    ['Operating System', 'Debian GNU/Linux 12 (bookworm)'],
    ['Kernel', `Linux ${KERNEL.release}`],
    ['Architecture', 'x86-64'],
  ];
  return { out: rows.map(([label, value]) => `${label.padStart(16)}: ${value}\n`).join('') };
};

/** A guest has a data source when it has a cloud-init drive or an ISO. */
function hasSource({ vm }: Context): boolean {
  return Object.values(vm.config).some((value) => /^[^,]+:[^,]+,.*media=cdrom/.test(String(value)));
}

/** When cloud-init is done, in milliseconds of the host. */
function doneAt({ vm }: Context): number {
  if (!vm.guest) return 0;
  const { startedAt, agentAt } = vm.guest;
  return agentAt + (agentAt - startedAt) * CLOUD_INIT_SHARE;
}

/** `cloud-init status`; the answers of a guest without a data source are those of one that found none. */
export const cloudInit: Program = (context) => {
  const { words, options } = splitArgs(context.args, ['--format']);
  if (options.has('--version') || options.has('-v')) return { out: '/usr/bin/cloud-init 22.4.2\n' };
  // What it forgets the pretended guest does not keep: at its next start it begins anew.
  if (words[0] === 'clean') return {};
  if (words[0] !== 'status')
    return usage(
      'cloud-init',
      `error: argument subcommand: invalid choice: '${words[0] ?? ''}'`,
      2,
    );
  const now = Date.now() + context.elapsed * 1000;
  const left = Math.max(0, doneAt(context) - now) / 1000;
  const waits = options.has('-w') || options.has('--wait');
  const source = hasSource(context);
  const status = !source ? 'disabled' : left > 0 && !waits ? 'running' : 'done';
  const seconds = waits && source ? left : 0;
  const dots = waits && seconds > 0 ? `${'.'.repeat(Math.ceil(seconds * 4))}\n` : '';
  return { seconds, out: `${dots}${report(status, options)}` };
};

function report(status: string, options: ReadonlyMap<string, string>): string {
  const detail =
    status === 'disabled'
      ? 'Cloud-init disabled by cloud-init-generator'
      : 'DataSourceNoCloud [seed=/dev/sr0][dsmode=net]';
  const format = optionOf(options, '--format') ?? 'tabular';
  if (format === 'json') {
    const datasource = status === 'disabled' ? '' : 'nocloud';
    return `${JSON.stringify({ datasource, detail, errors: [], last_update: '', status }, undefined, 1)}\n`;
  }
  const long = options.has('-l') || options.has('--long');
  return `status: ${status}\n${long ? `detail:\n${detail}\n` : ''}`;
}
