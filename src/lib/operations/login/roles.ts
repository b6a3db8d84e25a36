/** What a token is for; the least that this job needs. */
export const jobs = ['read-only', 'operator', 'template-builder', 'full'] as const;

export type Job = (typeof jobs)[number];

export interface JobRights {
  /** One of Proxmox VE's own roles, or one that pmx makes. */
  role: string;
  /** Only of roles that pmx makes. */
  privileges?: readonly string[];
  /** Where the role is given, with everything below. */
  paths: readonly string[];
  /** What a person reads when choosing. */
  hint: string;
}

const look = ['VM.Audit', 'Datastore.Audit', 'Pool.Audit', 'SDN.Audit', 'Sys.Audit'];

/**
 * PVE checks each privilege on paths of its own, so one role given on several paths has an effect
 * only where its privileges count.
 */
export const rightsOf: Readonly<Record<Job, JobRights>> = {
  'read-only': { role: 'PVEAuditor', paths: ['/'], hint: 'see everything, change nothing' },
  operator: {
    role: 'PmxOperator',
    privileges: [
      ...look,
      'VM.Console',
      'VM.GuestAgent.Audit',
      'VM.PowerMgmt',
      'VM.Snapshot',
      'VM.Snapshot.Rollback',
    ],
    paths: ['/'],
    hint: 'and start, stop, snapshot and look into guests',
  },
  'template-builder': {
    role: 'PmxTemplateBuilder',
    privileges: [
      'VM.Allocate',
      'VM.Audit',
      'VM.Clone',
      'VM.Config.CDROM',
      'VM.Config.CPU',
      'VM.Config.Cloudinit',
      'VM.Config.Disk',
      'VM.Config.HWType',
      'VM.Config.Memory',
      'VM.Config.Network',
      'VM.Config.Options',
      'VM.GuestAgent.Audit',
      'VM.GuestAgent.Unrestricted',
      'VM.PowerMgmt',
      'VM.Snapshot',
      // Datastore.Allocate: without it an ISO that pmx uploaded could not be removed again.
      'Datastore.Allocate',
      'Datastore.AllocateSpace',
      'Datastore.AllocateTemplate',
      'Datastore.Audit',
      'SDN.Audit',
      'SDN.Use',
      'Sys.Audit',
    ],
    paths: ['/vms', '/storage', '/sdn/zones/localnetwork', '/nodes'],
    hint: 'upload images, make templates and VMs, and delete them',
  },
  full: { role: 'Administrator', paths: ['/'], hint: 'everything' },
};

/**
 * The privileges that this server knows: they differ by version (VM.Monitor until 8, VM.GuestAgent.*
 * since 9), and one unknown name makes PVE refuse the whole role.
 */
export function knownPrivileges(
  wanted: readonly string[],
  known: ReadonlySet<string>,
): readonly string[] {
  const kept = wanted.filter((privilege) => known.has(privilege));
  const agent = wanted.some((privilege) => privilege.startsWith('VM.GuestAgent.'));
  return agent && known.has('VM.Monitor') ? [...kept, 'VM.Monitor'] : kept;
}
