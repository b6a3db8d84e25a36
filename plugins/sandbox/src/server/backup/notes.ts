import type { App } from '../app.js';
import { parameterError } from '../errors.js';
import { typeName } from '../qemu/vms.js';
import type { Vm } from '../state/model.js';

const VARIABLES = ['cluster', 'guestname', 'job-id', 'node', 'vmid'];

/** Refuses a template that names something that no backup knows. */
export function checkNotesTemplate(template: string): void {
  for (const [, name = ''] of template.matchAll(/\{\{([^}]*)\}\}/g))
    if (!VARIABLES.includes(name))
      throw parameterError({ 'notes-template': `unexpected variable name '${name}'` });
}

/** The notes of one backup. */
export function notesFor(app: App, guest: Vm, template: string, jobId: string | undefined): string {
  const { nodes } = app.store.state;
  const values: Record<string, string> = {
    cluster: nodes.length > 1 ? 'sandbox' : 'standalone node',
    guestname: guestName(guest),
    'job-id': jobId ?? '',
    node: guest.node,
    vmid: String(guest.vmid),
  };
  return template
    .replace(/\\(n|\\)/g, (_, sign: string) => (sign === 'n' ? '\n' : '\\'))
    .replace(/\{\{([^}]*)\}\}/g, (_, name: string) => values[name] ?? '');
}

/** The name by which people know a guest. */
export function guestName(guest: Vm): string {
  const key = guest.kind === 'lxc' ? 'hostname' : 'name';
  return String(guest.config[key] ?? `${typeName(guest)}${guest.vmid}`);
}
