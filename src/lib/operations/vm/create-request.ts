import type { DiskSize, Guest, NetworkDevice } from '@pmx-cli/kit';

import type { CloudInitRequest } from './cloud-init.js';
import type { DriveRequest } from './drives.js';

/** What every new VM is told, however it is made. */
interface NewVm {
  name: string;
  vmid?: number;
  /** The id that it begins with, when several are planned at once. */
  plannedVmid?: number;
  /** Range for the VMID when none is given. */
  vmids?: string;
  node?: string;
  /** For new disks and those of a full clone. */
  storage?: string;
  /** For the ISO with the user's own cloud-init files. */
  isoStorage?: string;
  memoryMebibytes?: number;
  cores?: number;
  /** Further options of the configuration, by their names in PVE. */
  settings?: Readonly<Record<string, string | number>>;
  /** Disks to be made; a template has its own. */
  drives?: readonly DriveRequest[];
  /** UEFI variables, and whether Microsoft's keys are in them. */
  efi?: { secureBoot: boolean };
  tpm?: boolean;
  /** Volume of an ISO, for the CD-ROM drive. */
  iso?: string;
  networks: readonly NetworkDevice[];
  cloudInit: CloudInitRequest;
  /** The user's own words; pmx adds its marker. */
  description?: string;
  pool?: string;
  tags?: readonly string[];
  start: boolean;
  wait?: { until: 'agent' | 'ip' | 'ssh'; timeoutSeconds: number };
}

export interface VmCreateRequest extends NewVm {
  template: Guest;
  /** Left out: linked where the template's storage can, else full. */
  clone?: 'linked' | 'full';
  /** Format of the disks of a full clone. */
  format?: string;
  /** What the first disk of the template is to get. */
  disk?: DiskSize;
}

/** A VM without a template: with an installer's ISO, or with nothing. */
export type BlankVmRequest = NewVm;

export interface VmCreateResult {
  vmid: number;
  name: string;
  node: string;
  /** Null for a VM that was made without one. */
  template: { vmid: number; name: string } | null;
  clone: 'linked' | 'full' | null;
  started: boolean;
  address: string | null;
  operation: string;
}
