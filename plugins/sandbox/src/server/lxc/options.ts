import { flag, optionalInteger, optionalText } from '../api/common.js';
import { findParam } from '../api/schema.js';
import type { Param, ParamTable, SubParam } from '../api/types.js';
import { MP_SCHEMA, ROOTFS_SCHEMA } from './mount-points.js';
import { NET_SCHEMA } from './net.js';

const choice = (description: string, values: readonly string[], byDefault?: string): Param =>
  optionalText(description, {
    enum: values,
    ...(byDefault === undefined ? {} : { default: byDefault }),
  });
const subFlag: SubParam = { type: 'boolean', optional: 1 };

/** The options of a container. */
export const CONTAINER_PARAMS: ParamTable = {
  arch: choice(
    'OS architecture type.',
    ['amd64', 'i386', 'arm64', 'armhf', 'riscv32', 'riscv64'],
    'amd64',
  ),
  cmode: choice('Console mode.', ['shell', 'console', 'tty'], 'tty'),
  console: flag('Attach a console device (/dev/console) to the container.', 1),
  cores: optionalInteger('The number of cores assigned to the container.', {
    minimum: 1,
    maximum: 8192,
  }),
  cpulimit: {
    type: 'number',
    optional: 1,
    description: 'Limit of CPU usage.',
    minimum: 0,
    maximum: 8192,
    default: 0,
  },
  cpuunits: optionalInteger('CPU weight for a container.', { minimum: 0, maximum: 500_000 }),
  debug: flag('Try to be more verbose.', 0),
  description: optionalText('Description for the Container.', { maxLength: 8192 }),
  'dev[n]': optionalText('Device to pass through to the container', {
    format: {
      path: { type: 'string', optional: 1, default_key: 1, format: 'pve-lxc-dev-string' },
      'deny-write': subFlag,
      gid: { type: 'integer', optional: 1, minimum: 0 },
      mode: { type: 'string', optional: 1, pattern: '0[0-7]{3}' },
      uid: { type: 'integer', optional: 1, minimum: 0 },
    },
  }),
  entrypoint: optionalText('Command to run as init, optionally with arguments.', {
    pattern: '[^\\x00-\\x08\\x0a-\\x1F\\x7F]+',
    default: '/sbin/init',
  }),
  env: optionalText('The container runtime environment as NUL-separated list.', {
    pattern: '(?:\\w+=[^\\x00-\\x08\\x0a-\\x1F\\x7F]*)(?:\\0\\w+=[^\\x00-\\x08\\x0a-\\x1F\\x7F]*)*',
  }),
  features: optionalText('Allow containers access to advanced features.', {
    format: {
      force_rw_sys: subFlag,
      fuse: subFlag,
      keyctl: subFlag,
      mknod: subFlag,
      mount: { type: 'string', optional: 1, pattern: '[a-zA-Z0-9_; ]+' },
      nesting: subFlag,
    },
  }),
  hookscript: optionalText(
    'Script that will be executed during various steps in the containers lifetime.',
    {
      format: 'pve-volume-id',
    },
  ),
  hostname: optionalText('Set a host name for the container.', {
    format: 'dns-name',
    maxLength: 255,
  }),
  lock: choice('Lock/unlock the container.', [
    'backup',
    'create',
    'destroyed',
    'disk',
    'fstrim',
    'migrate',
    'mounted',
    'rollback',
    'snapshot',
    'snapshot-delete',
  ]),
  memory: optionalInteger('Amount of RAM for the container in MB.', { minimum: 16, default: 512 }),
  'mp[n]': optionalText('Use volume as container mount point.', { format: MP_SCHEMA }),
  nameserver: optionalText('Sets DNS server IP address for a container.', {
    format: 'lxc-ip-with-ll-iface-list',
  }),
  'net[n]': optionalText('Specifies network interfaces for the container.', { format: NET_SCHEMA }),
  onboot: flag('Specifies whether a container will be started during system bootup.', 0),
  ostype: choice('OS type.', [
    'debian',
    'devuan',
    'ubuntu',
    'centos',
    'fedora',
    'opensuse',
    'archlinux',
    'alpine',
    'gentoo',
    'nixos',
    'unmanaged',
  ]),
  protection: flag('Sets the protection flag of the container.', 0),
  rootfs: optionalText('Use volume as container root.', { format: ROOTFS_SCHEMA }),
  searchdomain: optionalText('Sets DNS search domains for a container.', {
    format: 'dns-name-list',
  }),
  startup: optionalText('Startup and shutdown behavior.', { format: 'pve-startup-order' }),
  swap: optionalInteger('Amount of SWAP for the container in MB.', { minimum: 0, default: 512 }),
  tags: optionalText('Tags of the Container.', { format: 'pve-tag-list' }),
  template: flag('Enable/disable Template.', 0),
  timezone: optionalText('Time zone to use in the container.', { format: 'pve-ct-timezone' }),
  tty: optionalInteger('Specify the number of tty available to the container', {
    minimum: 0,
    maximum: 6,
    default: 2,
  }),
  unprivileged: flag('Makes the container run as unprivileged user.', 0),
  'unused[n]': optionalText('Reference to unused volumes.', {
    format: { volume: { type: 'string', default_key: 1, format: 'pve-volume-id' } },
  }),
};

export function isContainerOption(key: string): boolean {
  return findParam(CONTAINER_PARAMS, key) !== undefined;
}

/** The privilege that a change of an option needs; options for root alone are looked at elsewhere. */
export function privilegeFor(key: string): string {
  if (/^(?:cores|cpulimit|cpuunits)$/.test(key)) return 'VM.Config.CPU';
  if (/^(?:rootfs|mp\d+|unused\d+)$/.test(key)) return 'VM.Config.Disk';
  if (/^(?:memory|swap)$/.test(key)) return 'VM.Config.Memory';
  if (/^(?:net\d+|nameserver|searchdomain|hostname)$/.test(key)) return 'VM.Config.Network';
  return 'VM.Config.Options';
}

const FAST = new Set(
  'description onboot startup protection hostname hookscript cores tags lock cpulimit cpuunits memory swap'.split(
    ' ',
  ),
);

/** Does a change take effect while the container runs? A mount point can be added, but not changed. */
export function isHot(key: string, isNew: boolean): boolean {
  return FAST.has(key) || /^(?:net|unused)\d+$/.test(key) || (isNew && /^mp\d+$/.test(key));
}
