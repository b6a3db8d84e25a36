import type { DiskSize, Guest, NetworkDevice } from '@pmx-cli/kit';

import type { CloudInitRequest } from './cloud-init.js';

export interface VmCreateRequest {
  name: string;
  template: Guest;
  /** Left out: linked where the template's storage can, else full. */
  clone?: 'linked' | 'full';
  vmid?: number;
  /** Range for the VMID when none is given. */
  vmids?: string;
  node?: string;
  /** For the disks of a full clone. */
  storage?: string;
  /** For the ISO with the user's own cloud-init files. */
  isoStorage?: string;
  memoryMebibytes?: number;
  cores?: number;
  disk?: DiskSize;
  networks: readonly NetworkDevice[];
  cloudInit: CloudInitRequest;
  pool?: string;
  tags?: readonly string[];
  start: boolean;
  wait?: { until: 'agent' | 'ip' | 'ssh'; timeoutSeconds: number };
}

export interface VmCreateResult {
  vmid: number;
  name: string;
  node: string;
  template: { vmid: number; name: string };
  clone: 'linked' | 'full';
  started: boolean;
  address: string | null;
  operation: string;
}
