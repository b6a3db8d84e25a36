import { failure } from '../../../errors.js';
import { memoryBytes } from '../../../qemu/vms.js';
import type { VmConfig } from '../../../state/model.js';
import { cpuArguments } from './cpu.js';
import { consoleArguments, helperArguments, identityArguments, netArguments } from './devices.js';
import { driveArguments, firmwareArguments } from './drives.js';
import { isOn, isQ35, quoted } from './types.js';
import type { Machine } from './types.js';

export type { DriveFile, Machine } from './types.js';

/** Hardware of the host, or helpers of PVE's, that a sandbox does not hand to its guests. */
const REFUSED = /^(?:hostpci\d+|usb\d+|parallel\d+|ivshmem|virtiofs\d+|tpmstate0|audio0)$/;

/** Throws when a configuration asks for what cannot be had here. */
export function checkRunnable(config: VmConfig): void {
  const key = Object.keys(config).find((name) => REFUSED.test(name));
  if (key !== undefined)
    throw failure(`option '${key}' cannot be used: engine qemu of this sandbox does not have it`);
}

/** The moment that the guest's hardware clock starts at, as PVE tells QEMU. */
function clockArguments(config: VmConfig): string[] {
  const options: string[] = [];
  if (isOn(config, 'tdf', false)) options.push('driftfix=slew');
  const date = String(config['startdate'] ?? 'now');
  // PVE takes the host's local time for Windows unless told otherwise.
  const local = isOn(config, 'localtime', /^w/.test(String(config['ostype'] ?? '')));
  if (date !== 'now') options.push(`base=${date}`);
  else if (local) options.push('base=localtime');
  return options.length > 0 ? ['-rtc', options.join(',')] : [];
}

/** Splits as a shell would, without expanding anything. */
export function shellWords(text: string): string[] {
  const words = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, escaped?: string, double?: string, single?: string) =>
        escaped ?? double?.replace(/\\(.)/g, '$1') ?? single ?? '',
    ),
  );
}

/** QEMU's arguments for a VM: PVE's, as far as they make sense without a host of its own. */
export function commandLine(machine: Machine): string[] {
  const { config, vmid, runtimeDir } = machine;
  const name = String(config['name'] ?? `VM${vmid}`);
  return [
    ...['-name', `${quoted(name)},debug-threads=on`, '-no-user-config', '-nodefaults'],
    ...['-no-shutdown', '-display', 'none'],
    ...['-chardev', `socket,id=qmp,path=${runtimeDir}/${vmid}.qmp,server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control', '-pidfile', `${runtimeDir}/${vmid}.pid`],
    ...['-machine', `type=${isQ35(config) ? 'q35' : 'pc'}`],
    ...cpuArguments(machine),
    ...['-m', String(Math.floor(memoryBytes(config) / 2 ** 20))],
    ...firmwareArguments(machine),
    ...identityArguments(machine),
    ...consoleArguments(machine),
    ...helperArguments(machine),
    ...driveArguments(machine),
    ...netArguments(machine),
    ...clockArguments(config),
    ...(isOn(config, 'reboot', true) ? [] : ['-no-reboot']),
    ...(isOn(config, 'freeze', false) ? ['-S'] : []),
    ...shellWords(String(config['args'] ?? '')),
  ];
}
