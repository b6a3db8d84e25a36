import { createHash } from 'node:crypto';
import type { App } from '../../app.js';
import { failure, parameterError } from '../../errors.js';
import { MACHINE, SERVICES } from '../../host/machine.js';
import type { Unit } from '../../host/machine.js';
import { versionLines } from '../../host/packages.js';
import { parseNet } from '../../qemu/net.js';
import { define, index } from '../declare.js';
import { parsePropertyString } from '../property-string.js';
import { applyChanges, checkSectionDigest, sectionDigest } from '../sections.js';
import { nodeSystemTable as table } from '../tables/node-system.js';
import type { Call, Route } from '../types.js';
import { wakeUp } from './power.js';
import { nodeAddress, nodeSettings, uptime } from './settings.js';

function hostsOf(app: App, node: string): { data: string; digest: string } {
  const lines = app.store.state.nodes.map(
    (name) => `${nodeAddress(app, name)} ${name}.${MACHINE.domain} ${name}`,
  );
  const data = nodeSettings(app, node).hosts ?? ['127.0.0.1 localhost', ...lines, ''].join('\n');
  return { data, digest: createHash('sha1').update(data).digest('hex') };
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** How far a time zone is ahead of UTC, in seconds. */
function offsetOf(timeZone: string, millis: number): number {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(millis);
  return Math.round(Date.parse(`${text.replace(' ', 'T')}Z`) / 1000) - Math.floor(millis / 1000);
}

function time({ app, params }: Call): unknown {
  const timezone = nodeSettings(app, params.string('node')).timezone ?? MACHINE.timezone;
  const now = app.faults.now();
  const seconds = Math.floor(now / 1000);
  return { timezone, time: seconds, localtime: seconds + offsetOf(timezone, now) };
}

function setTime({ app, params }: Call): null {
  const timezone = params.string('timezone');
  if (!isTimezone(timezone)) throw parameterError({ timezone: 'No such timezone' });
  nodeSettings(app, params.string('node')).timezone = timezone;
  app.store.touch();
  return null;
}

function setHosts({ app, params }: Call): null {
  const node = params.string('node');
  const seen = params.optionalString('digest');
  if (seen !== undefined && seen !== hostsOf(app, node).digest)
    throw failure('detected modified configuration - file changed by other user? Try again.');
  nodeSettings(app, node).hosts = params.string('data');
  app.store.touch();
  return null;
}

function setOptions(call: Call): null {
  const settings = nodeSettings(call.app, call.params.string('node'));
  checkSectionDigest(call, settings.options ?? {});
  const options = { ...settings.options };
  applyChanges(call, options, []);
  settings.options = options;
  call.app.store.touch();
  return null;
}

function options({ app, params }: Call): unknown {
  const all = nodeSettings(app, params.string('node')).options ?? {};
  if (Object.keys(all).length === 0) return {};
  const wanted = params.optionalString('property') ?? 'all';
  const digest = sectionDigest(all);
  if (wanted === 'all') return { ...all, digest };
  return { ...(wanted in all ? { [wanted]: all[wanted] } : {}), digest };
}

function serviceRow(app: App, { service, desc, state, unit }: Unit): Record<string, string> {
  // Corosync runs in clusters only.
  const now = service === 'corosync' && app.store.state.nodes.length > 1 ? 'running' : state;
  return {
    service,
    name: service,
    desc,
    state: now,
    'active-state': now === 'running' ? 'active' : 'inactive',
    'unit-state': unit,
  };
}

function report({ app, params }: Call): string {
  const node = params.string('node');
  const storages = Object.entries(app.store.state.storages).map(
    ([id, { type, path, content }]) =>
      `${type}: ${id}\n\tpath ${path}\n\tcontent ${content.join(',')}\n`,
  );
  const vms = app.vms
    .onNode(node)
    .map(
      (vm) => `${vm.vmid} ${String(vm.config['name'] ?? '')} ${vm.guest ? 'running' : 'stopped'}`,
    );
  const section = (title: string, lines: readonly string[]): string =>
    `==== ${title} ====\n\n${lines.join('\n')}\n`;
  return [
    section('general system info', [
      `# hostname\n\n${node}\n`,
      `# pveversion --verbose\n\n${versionLines().join('\n')}\n`,
      `# cat /etc/hosts\n\n${hostsOf(app, node).data}`,
      `# uptime (seconds)\n\n${uptime(app, node)}`,
    ]),
    section('info about storage', [`# cat /etc/pve/storage.cfg\n`, ...storages]),
    section('info about virtual guests', ['# qm list\n', ...vms]),
  ].join('\n');
}

function netstat({ app, params }: Call): unknown[] {
  return app.vms.onNode(params.string('node')).flatMap((vm) => {
    const { guest } = vm;
    if (!guest) return [];
    return Object.keys(vm.config)
      .filter(
        (key) => /^net\d+$/.test(key) && parseNet(String(vm.config[key]))['bridge'] !== undefined,
      )
      .map((dev) => ({
        vmid: String(vm.vmid),
        dev,
        in: String(guest.netin),
        out: String(guest.netout),
      }));
  });
}

const WAKE_FORMAT = table['PUT /nodes/{node}/config'].params.wakeonlan.format;

function wake({ app, user, params }: Call): string {
  const node = params.string('node');
  if (node === app.store.state.nodes[0])
    throw failure(`'${node}' is local node, cannot wake my self!`);
  const text = nodeSettings(app, node).options?.['wakeonlan'];
  if (text === undefined) throw failure(`No wake on LAN MAC address defined for '${node}'!`);
  wakeUp(app, user, node);
  return String(parsePropertyString(WAKE_FORMAT, String(text))['mac']);
}

export const systemRoutes: Route[] = define(table, {
  'GET /nodes/{node}/time': ['Read server time and time zone settings.', time],
  'PUT /nodes/{node}/time': ['Set time zone.', setTime],
  'GET /nodes/{node}/dns': [
    'Read DNS settings.',
    ({ app, params }) => nodeSettings(app, params.string('node')).dns ?? MACHINE.dns,
  ],
  'PUT /nodes/{node}/dns': [
    'Write DNS settings.',
    ({ app, params }) => {
      const given = Object.fromEntries(params.entries(['node']));
      nodeSettings(app, params.string('node')).dns = given;
      app.store.touch();
      return null;
    },
  ],
  'GET /nodes/{node}/hosts': [
    'Get the content of /etc/hosts.',
    ({ app, params }) => hostsOf(app, params.string('node')),
  ],
  'POST /nodes/{node}/hosts': ['Write /etc/hosts.', setHosts],
  'GET /nodes/{node}/config': ['Get node configuration options.', options],
  'PUT /nodes/{node}/config': ['Set node configuration options.', setOptions],
  'GET /nodes/{node}/report': ['Gather various systems information about a node', report],
  'GET /nodes/{node}/netstat': ['Read tap/vm network device interface counters', netstat],
  'GET /nodes/{node}/services': [
    'Service list.',
    ({ app }) => SERVICES.map((service) => serviceRow(app, service)),
  ],
  'GET /nodes/{node}/services/{service}': index('subdir', 'state start stop restart reload'),
  'GET /nodes/{node}/services/{service}/state': [
    'Read service properties',
    ({ app, params }) =>
      serviceRow(
        app,
        SERVICES.find(({ service }) => service === params.string('service'))!,
      ),
  ],
  'GET /nodes/{node}/subscription': [
    'Read subscription info.',
    () => ({
      status: 'notfound',
      message: 'There is no subscription key',
      url: 'https://www.proxmox.com/en/proxmox-virtual-environment/pricing',
    }),
  ],
  'POST /nodes/{node}/wakeonlan': ["Try to wake a node via 'wake on LAN' network packet.", wake],
});
