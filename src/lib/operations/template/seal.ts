import { ref, type Step, text } from '@pmx-cli/kit';

/** What every VM must have for itself. Each may be run twice. */
const seals: ReadonlyArray<{ id: string; title: string; script: string }> = [
  {
    id: 'seal-cloud-init',
    title: 'Let cloud-init forget its first boot',
    script: 'command -v cloud-init > /dev/null && cloud-init clean --logs || true',
  },
  {
    id: 'seal-keys',
    title: 'Remove the SSH host keys',
    script: 'rm -f /etc/ssh/ssh_host_*',
  },
  {
    id: 'seal-machine-id',
    title: 'Empty the machine-id',
    script: 'rm -f /var/lib/dbus/machine-id; printf "" > /etc/machine-id && sync',
  },
];

/** Takes away what must not be in two VMs, and shuts the guest down. */
export function cleanSteps(node: string, name: string, timeoutSeconds: number): Step[] {
  return [
    ...seals.map(({ id, title, script }): Step => ({
      id,
      title,
      kind: 'guest.run',
      args: {
        node,
        vmid: ref('vmid'),
        command: ['sh', '-c', script],
        mustSucceed: true,
        timeoutSeconds,
      },
    })),
    shutdownStep(node, name, timeoutSeconds),
  ];
}

export function shutdownStep(node: string, name: string, timeoutSeconds: number): Step {
  return {
    id: 'shutdown',
    title: `Shut ${name} down`,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: text`/nodes/${node}/qemu/${ref('vmid')}/status/shutdown`,
      params: { timeout: timeoutSeconds },
      lookup: { type: 'qmshutdown', id: ref('vmid') },
      timeoutSeconds: timeoutSeconds + 30,
    },
  };
}
