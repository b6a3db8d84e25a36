/** Where the sandbox answers otherwise than the recorded server, on purpose; docs/sandbox.md shows the same reasons. */
export interface Deviation {
  exchanges: readonly string[];
  reason: string;
}

/** Every one of these must still deviate: one that does not any more is to be taken out. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    exchanges: ['01basic-026-GET_storage'],
    reason:
      'a sandbox always has a storage configuration; without one, PVE makes up keys for `local`',
  },
  {
    exchanges: ['02vm-017-GET_cluster_resources', '08power-014-resources-running'],
    reason:
      'cluster/resources lags as in PVE, but not for the replay: its stale rows depend on chance',
  },
  {
    exchanges: [
      '08power-037-snap-live-vmstate-status',
      '08power-038-snap-live-vmstate-status-end',
      '08power-039-snap-live-vmstate-log',
    ],
    reason: "a snapshot can hold the memory of a running VM; the recorded host's QEMU could not",
  },
  {
    exchanges: ['08power-059-termproxy'],
    reason: 'a running VM has a console; on the recorded host nothing came to its port in time',
  },
  {
    exchanges: ['09agent-032-start-status-end', '09agent-033-start-log'],
    reason: "every CPU type starts; the recorded host's KVM failed with `host`",
  },
  {
    exchanges: ['09agent-100-ping-during-boot'],
    reason: "the VM runs again when a reboot's task ends; in PVE it is off for a moment",
  },
  {
    exchanges: ['12sweep-108-_nodes_pve1_subscription'],
    reason: 'no subscription is no error; the recorded server had a damaged key file',
  },
  {
    exchanges: [
      '01basic-044-GET_nodes_pve1_capabilities_qemu_machines',
      '12sweep-140-_nodes_pve1_apt_versions',
    ],
    reason: 'the recorded host did not have all packages and files of a Proxmox VE host',
  },
  {
    exchanges: ['12sweep-068-_cluster_sdn_fabrics_all'],
    reason: 'the recorded version dies when it lists no fabrics at all; the sandbox lists none',
  },
  {
    exchanges: ['12sweep-148-_nodes_pve1_certificates_info'],
    reason: "the sandbox's certificate is signed by itself: there is none of an authority",
  },
  {
    exchanges: ['12sweep-158-_nodes_pve1_aplinfo'],
    reason: 'the recorded server had not fetched its list of container templates yet',
  },
];

/** Endpoints that a sandbox does not have answer 501; so do the tasks that they would have started. */
export const MISSING =
  'an endpoint that the sandbox does not have answers 501 `Method … not implemented`';

/** Where endpoints may be missing; one that goes missing anywhere else is a mistake. */
export const MISSING_AREAS = [/^\/nodes\/\w+\/storage\/\w+\/(?:identity|import-metadata)(?:\?|$)/];
