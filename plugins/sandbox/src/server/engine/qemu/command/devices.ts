import { parseNet } from '../../../qemu/net.js';
import { agentEnabled } from '../../../qemu/vms.js';
import { serialSocket } from '../runtime.js';
import { bootIndexOf } from './boot-order.js';
import { isOn, numbered, parts, pciBus } from './types.js';
import type { Machine } from './types.js';

const VGA: Readonly<Record<string, string>> = {
  std: 'VGA',
  cirrus: 'cirrus-vga',
  vmware: 'vmware-svga',
  virtio: 'virtio-vga',
};

/** Network cards on a network that nothing leaves, unless it was opened. */
export function netArguments({ config, openNetwork }: Machine): string[] {
  return numbered(config, 'net').flatMap(({ key }) => {
    const net = parseNet(String(config[key]));
    const model = String(net['model']);
    const name = model === 'virtio' ? 'virtio-net-pci' : model;
    const isa = model.endsWith('_isa');
    // There is nothing to boot from, and the ROMs are a package of their own.
    const more = isa ? '' : `,bus=${pciBus(config)},romfile=`;
    return [
      '-netdev',
      `user,id=${key},restrict=${openNetwork ? 'off' : 'on'}`,
      '-device',
      `${name},mac=${String(net['macaddr'])},netdev=${key},id=${key}${more}${isa ? '' : bootIndexOf(config, key)}`,
    ];
  });
}

/** Screen, serial ports, tablet. */
export function consoleArguments({ config, vmid, runtimeDir, serialLog, note }: Machine): string[] {
  const args: string[] = [];
  const type = parts(String(config['vga'] ?? 'std'), 'type')['type'] ?? 'std';
  const serialConsole = /^serial\d$/.test(type);
  if (!serialConsole && type !== 'none') {
    if (!VGA[type]) note(`display type '${type}' is not part of the sandbox, using 'std'`);
    args.push('-device', `${VGA[type] ?? 'VGA'},id=vga,bus=${pciBus(config)}`);
  }
  if (isOn(config, 'tablet', !serialConsole))
    args.push(
      ...['-device', `piix3-usb-uhci,id=uhci,bus=${pciBus(config)}`],
      ...['-device', 'usb-tablet,id=tablet,bus=uhci.0,port=1'],
    );
  for (const { key, number } of numbered(config, 'serial')) {
    const file = serialLog(number).replaceAll(',', ',,');
    const socket = serialSocket(runtimeDir, vmid, key);
    args.push(
      ...['-chardev', `socket,id=${key},path=${socket},server=on,wait=off,logfile=${file}`],
      ...['-device', `isa-serial,chardev=${key}`],
    );
  }
  return args;
}

/** Agent, random numbers, balloon, watchdog. */
export function helperArguments({ config, vmid, runtimeDir }: Machine): string[] {
  const bus = `bus=${pciBus(config)}`;
  const args: string[] = [];
  if (agentEnabled(config)) {
    const type = parts(String(config['agent']), 'enabled')['type'] ?? 'virtio';
    args.push('-chardev', `socket,path=${runtimeDir}/${vmid}.qga,server=on,wait=off,id=qga0`);
    if (type === 'isa') args.push('-device', 'isa-serial,chardev=qga0');
    else
      args.push(
        ...['-device', `virtio-serial,id=qga0,${bus}`],
        ...['-device', 'virtserialport,chardev=qga0,name=org.qemu.guest_agent.0'],
      );
  }
  if (config['balloon'] !== 0) args.push('-device', `virtio-balloon-pci,id=balloon0,${bus}`);
  if (config['rng0'] !== undefined) {
    const rng = parts(String(config['rng0']), 'source');
    const bytes = rng['max_bytes'] ?? '1024';
    const limit = bytes === '0' ? '' : `,max-bytes=${bytes},period=${rng['period'] ?? '1000'}`;
    args.push(
      ...['-object', `rng-random,filename=${rng['source'] ?? '/dev/urandom'},id=rng0`],
      ...['-device', `virtio-rng-pci,rng=rng0${limit},${bus}`],
    );
  }
  if (config['watchdog'] !== undefined) {
    const watchdog = parts(String(config['watchdog']), 'model');
    const model = watchdog['model'] ?? 'i6300esb';
    args.push('-device', model === 'i6300esb' ? `${model},${bus}` : model);
    if (watchdog['action'] !== undefined) args.push('-watchdog-action', watchdog['action']);
  }
  return args;
}

/** What the machine says about itself: SMBIOS and generation id. */
export function identityArguments({ config }: Machine): string[] {
  const args: string[] = [];
  if (config['smbios1'] !== undefined) {
    const { base64, ...fields } = parts(String(config['smbios1']), 'uuid');
    const values = Object.entries(fields).map(([name, value]) => {
      const text =
        base64 === '1' && name !== 'uuid' ? Buffer.from(value, 'base64').toString('utf8') : value;
      return `,${name}=${text.replaceAll(',', ',,')}`;
    });
    args.push('-smbios', `type=1${values.join('')}`);
  }
  const generation = String(config['vmgenid'] ?? '0');
  if (generation !== '0')
    args.push('-device', `vmgenid,guid=${generation === '1' ? 'auto' : generation}`);
  return args;
}
