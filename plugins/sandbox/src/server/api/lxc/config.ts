import { canSnapshot } from '../../lxc/snapshots.js';
import { volumesIn } from '../../lxc/mount-points.js';
import { CONTAINER_PARAMS } from '../../lxc/options.js';
import { updateContainer } from '../../lxc/update.js';
import { hasSnapshots } from '../../lxc/volumes.js';
import { snapshotConfig, snapshotOf } from '../../qemu/snapshots.js';
import { configView, pendingView } from '../../qemu/vms.js';
import { flag, onVm, optionalText, text } from '../common.js';
import type { Call, Route } from '../types.js';
import { containerChange, containerGet, containerOf, needs } from './common.js';
import { settingsOf } from './containers.js';

const snapname = optionalText('The name of the snapshot.', {
  format: 'pve-configid',
  maxLength: 40,
});

function hasFeature(call: Call): unknown {
  const { app, params } = call;
  const container = containerOf(call);
  const name = params.optionalString('snapname');
  const config = name === undefined ? container.config : snapshotOf(container, name).config;
  const volumes = volumesIn(config).map(({ volid }) => volid);
  const feature = params.string('feature');
  const can =
    feature === 'snapshot'
      ? canSnapshot(app, { ...container, config })
      : feature === 'copy' ||
        (config['template'] === 1 && volumes.every((volid) => hasSnapshots(app, volid)));
  return { hasFeature: can ? 1 : 0 };
}

async function update(call: Call): Promise<null> {
  const { app, user, params } = call;
  await updateContainer(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    settings: settingsOf(call),
    removed: params.list('delete'),
    revert: params.list('revert'),
    digest: params.optionalString('digest'),
  });
  return null;
}

/** PVE keeps raw lines for liblxc beside the options; the sandbox's containers have none. */
function view(call: Call): unknown {
  const container = containerOf(call);
  const name = call.params.optionalString('snapshot');
  return name === undefined
    ? configView(container, call.params.flag('current'))
    : snapshotConfig(container, name);
}

export const containerConfigRoutes: Route[] = [
  containerGet('/config', 'vm_config', 'Get container configuration.', 'object', view, {
    params: {
      ...onVm,
      current: flag('Get current values (instead of pending values).', 0),
      snapshot: { ...snapname, description: 'Fetch config values from given snapshot.' },
    },
  }),
  containerChange(
    'PUT',
    '/config',
    'update_vm',
    'Set container options.',
    {
      ...CONTAINER_PARAMS,
      delete: optionalText('A list of settings you want to delete.', {
        format: 'pve-configid-list',
      }),
      digest: optionalText(
        'Prevent changes if current configuration file has different SHA1 digest.',
        {
          maxLength: 40,
        },
      ),
      revert: optionalText('Revert a pending change.', { format: 'pve-configid-list' }),
    },
    needs(
      'VM.Config.Disk',
      'VM.Config.CPU',
      'VM.Config.Memory',
      'VM.Config.Network',
      'VM.Config.Options',
    ),
    update,
    'null',
  ),
  containerGet(
    '/pending',
    'vm_pending',
    'Get container configuration, including pending changes.',
    'array',
    (call) => pendingView(containerOf(call)),
  ),
  containerGet(
    '/feature',
    'vm_feature',
    'Check if feature for virtual machine is available.',
    'object',
    hasFeature,
    {
      params: {
        ...onVm,
        feature: text('Feature to check.', { enum: ['snapshot', 'clone', 'copy'] }),
        snapname,
      },
      protected: true,
    },
  ),
];
