import { VM_CONFIG_PRIVILEGES } from '../../auth/privileges.js';
import { failure } from '../../errors.js';
import { cloudInitFile, cloudInitView } from '../../qemu/cloudinit.js';
import { isCdrom, isCloudInit, isDriveKey, parseDrive, volumeOf } from '../../qemu/drive.js';
import { CONFIG_PARAMS } from '../../qemu/options.js';
import { prepareUpdate } from '../../qemu/update.js';
import type { ReadyUpdate } from '../../qemu/update.js';
import { snapshotConfig, snapshotOf } from '../../qemu/snapshots.js';
import { configView, pendingView } from '../../qemu/vms.js';
import { hasFeature as hasVolumeFeature } from '../../storage/types.js';
import type { Feature } from '../../storage/types.js';
import { parseVolume } from '../../storage/volumes.js';
import { flag, onVm, optionalInteger, optionalText, text } from '../common.js';
import type { Call, ParamTable, Permissions, Route } from '../types.js';
import { listOf, settingsOf, vmGet, vmOf } from './common.js';

const ANY_CONFIG: Permissions = { check: ['perm', '/vms/{vmid}', VM_CONFIG_PRIVILEGES, 'any', 1] };

const UPDATE_PARAMS: ParamTable = {
  ...onVm,
  ...CONFIG_PARAMS,
  delete: optionalText('A list of settings you want to delete.', { format: 'pve-configid-list' }),
  digest: optionalText('Prevent changes if current configuration file has different SHA1 digest.', {
    maxLength: 40,
  }),
  force: { ...flag('Force physical removal.'), requires: 'delete' },
  revert: optionalText('Revert a pending change.', { format: 'pve-configid-list' }),
  skiplock: flag('Ignore locks - only root is allowed to use this option.'),
};

function ready({ app, user, params }: Call): ReadyUpdate {
  return prepareUpdate(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    settings: settingsOf(params),
    removed: listOf(params, 'delete'),
    revert: listOf(params, 'revert'),
    force: params.flag('force'),
    skiplock: params.flag('skiplock'),
    digest: params.optionalString('digest'),
  });
}

/** The change as a command line, with secrets covered: the first line of its task's log. */
function commandLine({ params }: Call): string {
  const words = params
    .entries(['node', 'vmid', 'background_delay'])
    .map(
      ([name, value]) => `-${name} ${/password|sshkeys/.test(name) ? '<hidden>' : String(value)}`,
    );
  return `update VM ${params.number('vmid')}: ${words.join(' ')}`;
}

async function updateInTask(call: Call): Promise<string | null> {
  const { app, user, params } = call;
  const update = ready(call);
  const upid = app.tasks.start(
    { node: params.string('node'), type: 'qmconfig', id: params.number('vmid'), user: user.id },
    async (task) => {
      task.log(commandLine(call));
      await update(task);
    },
  );
  const delay = params.optionalNumber('background_delay');
  if (delay !== undefined && (await app.tasks.settled(upid, delay * 1000))) {
    const status = app.tasks.find(upid)?.exitstatus ?? '';
    if (status !== 'OK') throw failure(status);
    return null;
  }
  return upid;
}

function hasFeature({ app, params }: Call): unknown {
  const vm = app.vms.get(params.number('vmid'), params.string('node'));
  const feature = params.string('feature') as Feature;
  const snapname = params.optionalString('snapname');
  const config = snapname === undefined ? vm.config : snapshotOf(vm, snapname).config;
  const volumes = Object.keys(config)
    .filter(isDriveKey)
    .flatMap((key) => {
      const drive = parseDrive(key, String(config[key]));
      const volid = volumeOf(drive);
      return volid === undefined || isCdrom(drive) ? [] : [parseVolume(volid)];
    });
  const can = volumes.every((volume) =>
    hasVolumeFeature(app.storages.get(volume.storage), volume, feature),
  );
  const shared = volumes.every((volume) => app.storages.isShared(volume.storage));
  return { hasFeature: can ? 1 : 0, nodes: shared ? app.store.state.nodes : [vm.node] };
}

export const configRoutes: Route[] = [
  vmGet(
    '/config',
    'vm_config',
    "Get the virtual machine configuration with pending configuration changes applied. Set the 'current' parameter to get the current configuration instead.",
    'object',
    (call) => {
      const name = call.params.optionalString('snapshot');
      if (name !== undefined) return snapshotConfig(vmOf(call), name);
      return configView(vmOf(call), call.params.flag('current'));
    },
    {
      params: {
        ...onVm,
        current: flag('Get current values (instead of pending values).', 0),
        snapshot: optionalText('Fetch config values from given snapshot.', {
          format: 'pve-configid',
          maxLength: 40,
        }),
      },
    },
  ),
  {
    method: 'PUT',
    path: '/nodes/{node}/qemu/{vmid}/config',
    name: 'update_vm',
    description:
      'Set virtual machine options (synchronous API) - You should consider using the POST method instead for any actions involving hotplug or storage allocation.',
    params: UPDATE_PARAMS,
    permissions: ANY_CONFIG,
    protected: true,
    returns: 'null',
    handler: async (call) => {
      await ready(call)();
      return null;
    },
  },
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/config',
    name: 'update_vm_async',
    description: 'Set virtual machine options (asynchronous API).',
    params: {
      ...UPDATE_PARAMS,
      background_delay: optionalInteger(
        "Time to wait for the task to finish. We return 'null' if the task finish within that time.",
        { minimum: 1, maximum: 30 },
      ),
    },
    permissions: ANY_CONFIG,
    protected: true,
    returns: 'string',
    handler: updateInTask,
  },
  vmGet(
    '/pending',
    'vm_pending',
    'Get the virtual machine configuration with both current and pending values.',
    'array',
    (call) => pendingView(vmOf(call)),
  ),
  {
    method: 'PUT',
    path: '/nodes/{node}/qemu/{vmid}/unlink',
    name: 'unlink',
    description: 'Unlink/delete disk images.',
    params: {
      ...onVm,
      force: flag('Force physical removal.'),
      idlist: text('A list of disk IDs you want to delete.', { format: 'pve-configid-list' }),
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Config.Disk']] },
    protected: true,
    returns: 'null',
    handler: async ({ app, user, params }) => {
      const request = {
        node: params.string('node'),
        vmid: params.number('vmid'),
        settings: {},
        removed: params.list('idlist'),
        revert: [],
        force: params.flag('force'),
        skiplock: false,
        digest: undefined,
      };
      await prepareUpdate(app, user, request)();
      return null;
    },
  },
  vmGet(
    '/cloudinit',
    'cloudinit_pending',
    'Get the cloudinit configuration with both current and pending values.',
    'array',
    (call) => cloudInitView(vmOf(call)),
  ),
  {
    method: 'PUT',
    path: '/nodes/{node}/qemu/{vmid}/cloudinit',
    name: 'cloudinit_update',
    description: 'Regenerate and change cloudinit config drive.',
    params: onVm,
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Config.Cloudinit']] },
    protected: true,
    returns: 'null',
    handler: async (call) => {
      const vm = vmOf(call);
      call.app.vms.checkLock(vm);
      for (const key of Object.keys(vm.config).filter(isDriveKey)) {
        const value = String(vm.config[key]);
        if (vm.guest && isCloudInit(parseDrive(key, value)))
          await call.app.engine.changeMedium(vm, key, value);
      }
      call.app.vms.change(vm, () => delete vm.cloudInit);
      return null;
    },
  },
  vmGet(
    '/cloudinit/dump',
    'cloudinit_generated_config_dump',
    'Get automatically generated cloudinit config.',
    'string',
    (call) => cloudInitFile(vmOf(call), call.params.string('type')),
    {
      params: { ...onVm, type: text('Config type.', { enum: ['user', 'network', 'meta'] }) },
    },
  ),
  vmGet(
    '/feature',
    'vm_feature',
    'Check if feature for virtual machine is available.',
    'object',
    hasFeature,
    {
      params: {
        ...onVm,
        feature: text('Feature to check.', { enum: ['snapshot', 'clone', 'copy'] }),
        snapname: optionalText('The name of the snapshot.', {
          format: 'pve-configid',
          maxLength: 40,
        }),
      },
      protected: true,
    },
  ),
];
