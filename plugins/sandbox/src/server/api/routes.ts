import { aclRoutes } from './access/acl.js';
import { factorRoutes } from './access/factors.js';
import { ticketRoutes } from './access/ticket.js';
import { tokenRoutes } from './access/tokens.js';
import { userRoutes } from './access/users.js';
import { clusterRoutes } from './cluster.js';
import { containerConfigRoutes } from './lxc/config.js';
import { containerConsoleRoutes } from './lxc/console.js';
import { containerMoveRoutes } from './lxc/move.js';
import { containerPowerRoutes } from './lxc/power.js';
import { containerRoutes } from './lxc/containers.js';
import { containerSnapshotRoutes } from './lxc/snapshots.js';
import { backupRoutes } from './backup/vzdump.js';
import { pruneRoutes } from './backup/prune.js';
import { acmeRoutes } from './cluster/acme.js';
import { clusterConfigRoutes } from './cluster/config.js';
import { haRoutes } from './cluster/ha.js';
import { jobRoutes } from './cluster/jobs.js';
import { mappingRoutes } from './cluster/mapping.js';
import { metricRoutes } from './cluster/metrics.js';
import { notificationRoutes } from './cluster/notifications.js';
import { clusterQemuRoutes } from './cluster/qemu.js';
import { sdnRoutes } from './cluster/sdn.js';
import { firewallRoutes } from './firewall/routes.js';
import { nodeRoutes } from './nodes.js';
import { applianceRoutes } from './nodes/aplinfo.js';
import { bulkRoutes } from './nodes/bulk.js';
import { capabilityRoutes } from './nodes/capabilities.js';
import { cephRoutes } from './nodes/ceph.js';
import { hardwareRoutes } from './nodes/hardware.js';
import { journalRoutes } from './nodes/journal.js';
import { networkRoutes } from './nodes/network.js';
import { nodeReplicationRoutes } from './nodes/replication.js';
import { powerRoutes as nodePowerRoutes } from './nodes/power.js';
import { rrdRoutes } from './nodes/rrd.js';
import { softwareRoutes } from './nodes/software.js';
import { systemRoutes } from './nodes/system.js';
import { poolRoutes } from './pools.js';
import { agentRoutes } from './qemu/agent.js';
import { configRoutes } from './qemu/config.js';
import { consoleRoutes } from './qemu/console.js';
import { migrateRoutes } from './qemu/migrate.js';
import { moveRoutes } from './qemu/move.js';
import { powerRoutes } from './qemu/power.js';
import { snapshotRoutes } from './qemu/snapshots.js';
import { vmRoutes } from './qemu/vms.js';
import { storageRoutes } from './storage.js';
import { storageDownloadRoutes } from './storage-download.js';
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
  ...factorRoutes,
  ...clusterRoutes,
  ...acmeRoutes,
  ...clusterConfigRoutes,
  ...haRoutes,
  ...jobRoutes,
  ...mappingRoutes,
  ...metricRoutes,
  ...notificationRoutes,
  ...clusterQemuRoutes,
  ...sdnRoutes,
  ...firewallRoutes,
  ...nodeRoutes,
  ...applianceRoutes,
  ...bulkRoutes,
  ...capabilityRoutes,
  ...cephRoutes,
  ...hardwareRoutes,
  ...journalRoutes,
  ...networkRoutes,
  ...nodeReplicationRoutes,
  ...nodePowerRoutes,
  ...rrdRoutes,
  ...softwareRoutes,
  ...systemRoutes,
  ...taskRoutes,
  ...storageConfigRoutes,
  ...storageRoutes,
  ...storageVolumeRoutes,
  ...storageDownloadRoutes,
  ...vmRoutes,
  ...configRoutes,
  ...moveRoutes,
  ...migrateRoutes,
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
