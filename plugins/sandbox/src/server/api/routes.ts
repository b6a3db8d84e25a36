import { aclRoutes } from './access/acl.js';
import { ticketRoutes } from './access/ticket.js';
import { tokenRoutes } from './access/tokens.js';
import { userRoutes } from './access/users.js';
import { clusterRoutes } from './cluster.js';
import { clusterJobRoutes } from './cluster-jobs.js';
import { containerConfigRoutes } from './lxc/config.js';
import { containerConsoleRoutes } from './lxc/console.js';
import { containerMoveRoutes } from './lxc/move.js';
import { containerPowerRoutes } from './lxc/power.js';
import { containerRoutes } from './lxc/containers.js';
import { containerSnapshotRoutes } from './lxc/snapshots.js';
import { backupRoutes } from './backup/vzdump.js';
import { pruneRoutes } from './backup/prune.js';
import { nodeRoutes } from './nodes.js';
import { poolRoutes } from './pools.js';
import { agentRoutes } from './qemu/agent.js';
import { configRoutes } from './qemu/config.js';
import { consoleRoutes } from './qemu/console.js';
import { powerRoutes } from './qemu/power.js';
import { snapshotRoutes } from './qemu/snapshots.js';
import { vmRoutes } from './qemu/vms.js';
import { storageRoutes } from './storage.js';
import { storageVolumeRoutes } from './storage-volumes.js';
import { storageConfigRoutes } from './storage-config.js';
import { taskRoutes } from './tasks.js';
import type { Route } from './types.js';
import { versionRoutes } from './version.js';

/** Every route of the server; the API description is made from the same table. */
export const routes: readonly Route[] = [
  ...versionRoutes,
  ...ticketRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...aclRoutes,
  ...clusterRoutes,
  ...clusterJobRoutes,
  ...nodeRoutes,
  ...taskRoutes,
  ...storageConfigRoutes,
  ...storageRoutes,
  ...storageVolumeRoutes,
  ...vmRoutes,
  ...configRoutes,
  ...powerRoutes,
  ...agentRoutes,
  ...consoleRoutes,
  ...snapshotRoutes,
  ...poolRoutes,
  ...containerRoutes,
  ...containerConfigRoutes,
  ...containerPowerRoutes,
  ...containerSnapshotRoutes,
  ...containerMoveRoutes,
  ...containerConsoleRoutes,
  ...backupRoutes,
  ...pruneRoutes,
];
