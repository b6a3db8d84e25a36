import type { App } from '../app.js';
import { failure, messageOf } from '../errors.js';
import type { Vm } from '../state/model.js';
import { humanSize } from '../storage/disk-format.js';
import type { MigrateRequest } from './migrate.js';
import { mapStorage } from './migrate-volumes.js';
import type { LocalVolume } from './migrate-volumes.js';

type Log = (text: string) => void;

function howFound({ key, inSnapshot, cloudInit }: LocalVolume): string {
  if (cloudInit) return 'generated';
  if (key?.startsWith('unused')) return 'unused';
  return key === undefined && inSnapshot ? 'referenced by snapshot(s)' : 'attached';
}

/** Why one volume cannot come along. */
async function checkVolume(
  app: App,
  vm: Vm,
  request: MigrateRequest,
  found: LocalVolume,
): Promise<void> {
  const { volume } = found;
  if (found.cdrom && !found.cloudInit) throw failure('local cdrom image');
  if (volume.vmid !== vm.vmid) throw failure(`owned by other VM (owner = VM ${volume.vmid})`);
  if (vm.guest && found.key !== undefined && !found.cloudInit && !request.withLocalDisks)
    throw failure("can't live migrate attached local disks without with-local-disks option");
  const storage = app.storages.get(volume.storage, vm.node);
  const target = app.storages.get(mapStorage(request.map, volume.storage), request.target);
  if (!target.content.includes('images'))
    throw failure(
      `content type 'images' is not available on storage '${mapStorage(request.map, volume.storage)}'`,
    );
  if (found.inSnapshot && !found.vmstate && !found.cloudInit) {
    if (vm.guest) throw failure('online storage migration not possible if snapshot exists');
    if (storage.type !== 'zfspool' && volume.format !== 'qcow2')
      throw failure('non-migratable snapshot exists');
    if (
      (storage.type === 'zfspool') !== (target.type === 'zfspool') ||
      target.type.startsWith('lvm')
    )
      throw failure(`cannot migrate from storage type '${storage.type}' to '${target.type}'`);
  }
  if (volume.name.startsWith('base-') && (await app.images.clonesOf(vm.node, volume)).length > 0)
    throw failure('referenced by linked clone(s)');
}

/** Looks at every local volume before anything is copied; all that is wrong is logged. */
export async function checkVolumes(
  app: App,
  vm: Vm,
  request: MigrateRequest,
  volumes: readonly LocalVolume[],
  log: Log,
): Promise<void> {
  let wrong = false;
  for (const found of volumes) {
    const { volid } = found.volume;
    if (!found.cdrom || found.cloudInit)
      log(`found ${found.cloudInit ? 'generated' : 'local'} disk '${volid}' (${howFound(found)})`);
    try {
      await checkVolume(app, vm, request, found);
    } catch (error) {
      wrong = true;
      log(`can't migrate local disk '${volid}': ${messageOf(error)}`);
    }
  }
  if (wrong) throw failure("Problem found while scanning volumes - can't migrate VM - check log");
}

/** What is logged while the memory of a running guest goes over. */
export function liveCopy(vmid: number, node: string, memory: number, log: Log): void {
  log(`starting VM ${vmid} on remote node '${node}'`);
  log('start remote tunnel');
  log('ssh tunnel ver 1');
  const uri = `unix:/run/qemu-server/${vmid}.migrate`;
  log(`starting online/live migration on ${uri}`);
  log('set migration capabilities');
  log('set migration parameters');
  log(`start migrate command to ${uri}`);
  log(`average migration speed: ${humanSize(memory)}/s - downtime 8 ms`);
  log('migration completed, transferred 0.0 B VM-state');
  log('migration status: completed');
}
