import type { ErrorEntry } from '../entry.js';

/** Nodes, storages, bridges and pools that a request names. */
export const places: readonly ErrorEntry[] = [
  {
    code: 'PMX_NODE_NOT_FOUND',
    title: 'There is no such node',
    meaning: 'The cluster has no node of that name, or none that is online.',
    causes: [
      'A typing error, or the full DNS name was given: node names are short.',
      'The context, PMX_NODE or --node names a node of another cluster.',
    ],
    remedies: ['See the nodes: pmx node list', 'See the default of the context: pmx context show'],
  },
  {
    code: 'PMX_NODE_OFFLINE',
    title: 'The node is offline',
    meaning: 'The node that was asked for is known, but not online, so nothing can be put on it.',
    causes: [
      'It is off or booting.',
      'It lost the cluster network (corosync), and the others do not see it.',
    ],
    remedies: [
      'See which nodes are online: pmx node list',
      'Take another one with --node, or leave it out: then pmx takes one that is online.',
      'On the node: systemctl status corosync pve-cluster, and pvecm status',
    ],
  },
  {
    code: 'PMX_STORAGE_NOT_FOUND',
    title: 'There is no such storage there',
    meaning:
      'The node has no storage of that name that is active and that this identity may see: Proxmox VE leaves out rather than refuses.',
    causes: [
      'The storage is restricted to other nodes.',
      'The share or disk behind it is missing, so it is not active.',
      'The token has neither Datastore.Audit nor Datastore.AllocateSpace on it.',
    ],
    remedies: [
      'See the storages: pmx storage list',
      'See what you may: pmx api get /access/permissions path=/storage/NAME',
      'On the node: pvesm status',
      'Let it be used on more nodes: pvesm set NAME --nodes pve1,pve2',
    ],
  },
  {
    code: 'PMX_STORAGE_LACKS_CONTENT',
    title: 'The storage does not take this kind of content',
    meaning:
      'Each storage has a list of what may lie on it: images (disks of VMs), import (uploaded disk images), iso, backup and so on.',
    causes: [
      'pmx template create uploads the image to a storage with content "import", which many installations allow on no storage.',
      'ISOs with cloud-init files need "iso", disks need "images".',
      'Block storages (LVM, ZFS, Ceph RBD) hold no files, so neither iso nor import.',
    ],
    remedies: [
      'See what each one takes: pmx storage list',
      'On a node, with all that it has already: pvesm set local --content iso,vztmpl,backup,import',
      'Or name another storage: --import-storage, --iso-storage or --storage.',
    ],
  },
  {
    code: 'PMX_BRIDGE_NOT_FOUND',
    title: 'There is no such bridge on the node',
    meaning: 'A network card was to be plugged into a bridge that the node does not show.',
    causes: [
      'The bridge is on other nodes only, or was made and not applied yet.',
      'A typing error in --net.',
    ],
    remedies: [
      'See the bridges: pmx api get /nodes/NODE/network type=any_bridge',
      'On the node: ip -br link show type bridge, and ifreload -a for what is pending.',
    ],
  },
  {
    code: 'PMX_POOL_NOT_FOUND',
    title: 'There is no such pool',
    meaning: 'There is no pool of that name, or this identity may not see it (Pool.Audit).',
    causes: ['A typing error.', 'The token has no rights on /pool/NAME.'],
    remedies: [
      'See the pools: pmx api get /pools',
      'Make it: pmx api post /pools poolid=NAME',
      'Let the token see it; on a node: pveum acl modify /pool/NAME --tokens "USER@REALM!NAME" --roles PVEPoolUser',
    ],
  },
];
