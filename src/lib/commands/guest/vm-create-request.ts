import { type ContextDefaults, type NetworkDevice, parseNetworkDevice } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { NewVmRequest } from '../../operations/vm/create-any.js';
import { drivesOf, type GivenHardware, hardwareSettings, usesUefi } from './vm-hardware-flags.js';

/** Flags of `vm create`, as far as they make a request. */
export interface GivenVm extends GivenHardware {
  template?: string;
  iso?: string;
  empty?: boolean;
  linked?: boolean;
  full?: boolean;
  vmid?: number;
  node?: string;
  storage?: string;
  'iso-storage'?: string;
  pool?: string;
  memory?: number;
  cores?: number;
  'disk-format'?: string;
  net?: NetworkDevice[];
  ip?: string;
  user?: string;
  'ssh-key'?: string[];
  nameserver?: string;
  searchdomain?: string;
  'user-data'?: string;
  'network-config'?: string;
  'meta-data'?: string;
  'vendor-data'?: string;
  'cloud-init'?: 'native' | 'nocloud' | 'configdrive';
  tags?: string[];
  start?: boolean;
  wait?: 'agent' | 'ip' | 'ssh';
  'wait-timeout'?: number;
}

const bridge = 'vmbr0';
const blankMemory = 2048;
const blankCores = 2;

/** @throws RequestError `PMX_NO_SOURCE` when nothing says what the VM is made from */
export function requestOf(given: GivenVm, defaults: ContextDefaults): Omit<NewVmRequest, 'name'> {
  const blank = given.template === undefined;
  if (blank && given.iso === undefined && !given.empty) {
    throw new RequestError({
      code: 'PMX_NO_SOURCE',
      message: 'Nothing says what the VM is made from.',
      hints: [
        'From a template: --template NAME (pmx template list)',
        'With an installer: --iso ISO, or with no medium: --empty',
      ],
    });
  }
  const { nameserver, searchdomain } = given;
  const tags = [...new Set([...(defaults.tags ?? []), ...(given.tags ?? [])])];
  return {
    ...(given.template !== undefined && { template: given.template }),
    ...(given.iso !== undefined && { iso: given.iso }),
    clone: given.linked ? 'linked' : given.full ? 'full' : undefined,
    vmid: given.vmid,
    vmids: defaults.vmids,
    node: given.node ?? defaults.node,
    // A linked clone lives where its template does.
    storage: given.storage ?? (given.full || blank ? defaults.storage : undefined),
    isoStorage: given['iso-storage'],
    format: given['disk-format'],
    memoryMebibytes: given.memory ?? (blank ? blankMemory : undefined),
    cores: given.cores ?? (blank ? blankCores : undefined),
    settings: {
      ...hardwareSettings(given, blank),
      ...(nameserver !== undefined && { nameserver }),
      ...(searchdomain !== undefined && { searchdomain }),
    },
    drives: drivesOf(given, blank),
    ...(usesUefi(given) && { efi: { secureBoot: given['secure-boot'] === true } }),
    ...(given.tpm && { tpm: true }),
    networks: given.net ?? (blank ? [parseNetworkDevice(defaults.bridge ?? bridge)] : []),
    cloudInit: {
      kind: given['cloud-init'],
      user: given.user,
      sshKeyFiles: given['ssh-key'] ?? [],
      ip: given.ip,
      files: {
        userData: given['user-data'],
        networkConfig: given['network-config'],
        metaData: given['meta-data'],
        vendorData: given['vendor-data'],
      },
    },
    pool: given.pool ?? defaults.pool,
    tags: tags.length > 0 ? tags : undefined,
    start: given.start === true || given.wait !== undefined,
    wait: given.wait && { until: given.wait, timeoutSeconds: given['wait-timeout'] ?? 300 },
  };
}
