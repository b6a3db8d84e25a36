import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';

import { loadCatalog } from '#dist/lib/catalog/index.js';
import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import type { Lab } from '../e2e/support.ts';
import { Publisher } from '../unit/catalog/publisher.ts';

export interface ManifestCommand {
  id: string;
  summary?: string;
  examples?: string[];
  flags: Record<string, { name: string; default?: unknown; env?: string; description?: string }>;
  args: Record<string, { ignoreStdin?: boolean; description?: string }>;
  hidden?: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every command of every manifest that a checkout ships. */
export function commands(): ManifestCommand[] {
  const manifests = [
    'oclif.manifest.json',
    ...readdirSync(join(root, 'plugins')).map((name) => `plugins/${name}/oclif.manifest.json`),
  ];
  return manifests
    .map((name) => join(root, name))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      Object.values(
        (JSON.parse(readFileSync(path, 'utf8')) as { commands: Record<string, ManifestCommand> })
          .commands,
      ),
    );
}

const upid = 'UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam:';

/** `127.0.0.1:PORT` of the sandbox, whose certificate anybody may look at. */
function bare(lab: Lab): string {
  return lab.server()[1]!.replace('https://', '');
}

/** `127.0.0.1:PORT` of the sandbox's iDRAC. */
function idrac(lab: Lab): string {
  return new URL(lab.idracs()[0]!.url).host;
}

/** Commands that are nothing but questions, which nobody answers here, and their error. */
export const asking: Readonly<Record<string, string>> = {
  init: 'PMX_NOBODY_TO_ASK',
  menu: 'PMX_MENU_NEEDS_TERMINAL',
};

/** How to call each command so that it comes as far as it can. A command without a line here fails. */
export const calls: Record<string, (lab: Lab, facts: Facts) => string[]> = {
  apply: (lab) => ['-f', lab.file('web.yaml')],
  diff: (lab) => ['-f', lab.file('same.yaml')],
  delete: (lab) => ['-f', lab.file('spare.yaml')],
  export: () => ['vm/web-01'],
  'plugins:inspect': () => ['demo'],
  'plugins:install': (lab) => [lab.file('demo.tgz')],
  'plugins:link': (lab) => [lab.file('demo')],
  'plugins:list': () => [],
  'plugins:new': () => ['health'],
  'plugins:uninstall': () => ['demo'],
  'plugins:update': () => [],
  doctor: () => [],
  'schedule:add': () => ['nightly', '--at', 'daily', '--with', 'cron', '--', 'status'],
  'schedule:list': () => [],
  'schedule:remove': () => ['kept'],
  update: () => [],
  'update:rollback': () => [],
  version: () => ['--server'],
  'catalog:list': () => [],
  'catalog:cache:list': () => [],
  'catalog:cache:path': () => [],
  'catalog:cache:prune': () => ['--all'],
  'catalog:search': () => ['bsd'],
  'catalog:show': () => ['debian-13'],
  'catalog:update': (lab) => ['--from', lab.file('catalog.yaml')],
  'catalog:verify': () => ['cirros'],
  'cloudinit:render': (lab) => [lab.file('user-data.yaml')],
  'cloudinit:schema': () => ['users'],
  'cloudinit:validate': (lab) => [lab.file('user-data.yaml')],
  'api:get': () => ['/version'],
  'api:post': () => ['/pools', 'poolid=x'],
  'api:put': () => ['/nodes/pve1/qemu/101/config', 'onboot=1'],
  'api:delete': () => ['/nodes/pve1/qemu/101'],
  'access:user:list': () => [],
  'access:user:show': () => ['root@pam'],
  'access:user:create': () => ['eve@pve', '--comment', 'x'],
  'access:user:set': () => ['ben@pve', '--disable'],
  'access:user:delete': () => ['ann@pve'],
  'access:group:list': () => [],
  'access:group:show': () => ['ops'],
  'access:group:create': () => ['others'],
  'access:group:delete': () => ['ops'],
  'access:role:list': () => [],
  'access:role:show': () => ['PVEAuditor'],
  'access:role:create': () => ['Other', '--privilege', 'VM.Audit'],
  'access:role:set': () => ['Looker', '--add', 'VM.Console'],
  'access:role:delete': () => ['Watcher'],
  'access:acl:list': () => [],
  'access:acl:set': () => ['/vms/101', '--role', 'PVEVMUser', '--user', 'ann@pve'],
  'access:acl:remove': () => ['/vms', '--role', 'Watcher', '--group', 'ops'],
  'access:token:list': () => [],
  'access:token:create': () => ['ann@pve!other'],
  'access:token:delete': () => ['ann@pve!t1'],
  'access:realm:list': () => [],
  'audit:list': () => [],
  'audit:verify': () => [],
  'auth:test': () => [],
  login: (lab) => ['new', ...lab.server(), '--token-id', 'a@pve!b1', '--token-stdin'],
  init: (lab) => ['new', '--host', bare(lab)],
  menu: () => [],
  examples: () => ['vm', 'snapshot'],
  logout: () => ['sandbox', '--yes'],
  whoami: () => [],
  'auth:can-i': () => ['vm create web-02 --template base --start'],
  'auth:role': () => [
    '--for',
    'vm delete web-01',
    '--token',
    'ci@pve!t1',
    '--name',
    'Ci',
    '--apply',
  ],
  'context:add': () => [
    'other',
    '--host',
    '127.0.0.1:1',
    '--token-id',
    'a@pve!b1',
    '--token-stdin',
  ],
  'backup:create': () => ['web-01', 'proxy'],
  'backup:list': () => [],
  'backup:show': () => ['proxy'],
  'backup:verify': () => ['proxy'],
  'backup:restore': () => ['proxy'],
  'backup:prune': () => ['--keep-last', '1'],
  'backup:delete': () => ['proxy'],
  'backup:job:list': () => [],
  'backup:job:show': () => ['nightly'],
  'backup:job:create': () => ['weekly', '--schedule', 'daily', '--all', '--storage', 'local'],
  'backup:job:set': () => ['nightly', '--schedule', '*/15'],
  'backup:job:enable': () => ['nightly'],
  'backup:job:disable': () => ['nightly'],
  'backup:job:run': () => ['nightly'],
  'backup:job:delete': () => ['nightly'],
  'cluster:resources': () => [],
  'cluster:status': () => [],
  status: () => [],
  top: () => [],
  'config:view': () => [],
  'config:get': () => ['output'],
  'config:set': () => ['defaults.node', 'pve1'],
  'config:unset': () => ['currentContext'],
  'config:edit': () => ['--editor', 'true'],
  'config:path': () => [],
  'config:schema': () => [],
  'config:reset': () => [],
  'config:history': () => [],
  'config:restore': (_, facts) => [facts.backup],
  'config:migrate': () => [],
  'config:audit': () => [],
  'config:import': (lab) => [lab.file('old.conf'), '--from', 'cpcg'],
  'config:encrypt': () => [],
  'config:decrypt': () => [],
  'context:rename': () => ['sandbox', 'other'],
  'context:copy': () => ['sandbox', 'other'],
  'context:validate': () => [],
  'context:export': () => [],
  'context:import': (lab) => [lab.file('contexts.yaml')],
  'context:list': () => [],
  'context:use': () => ['sandbox'],
  'context:show': () => [],
  'context:remove': () => ['sandbox'],
  completion: () => ['bash'],
  'ct:create': () => ['db', '--template', 'empty', '--start'],
  'ct:template:list': () => [],
  'ct:template:download': () => ['debian-12'],
  'ct:list': () => [],
  'ct:show': () => ['proxy'],
  'ct:console': () => ['up'],
  'ct:ssh': () => ['proxy', '--print', '--host', '127.0.0.1'],
  'ct:pending': () => ['proxy'],
  'ct:watch': () => ['proxy', '--until', 'stopped'],
  'ct:cp': (lab) => [lab.file('contexts.yaml'), 'proxy:/tmp/', '--print'],
  'ct:exec': () => ['proxy', '--print', '--', 'uptime'],
  'ct:start': () => ['proxy'],
  'ct:stop': () => ['proxy'],
  'ct:shutdown': () => ['proxy'],
  'ct:backup': () => ['proxy'],
  'ct:delete': () => ['proxy'],
  'ct:reboot': () => ['up'],
  'ct:suspend': () => ['up'],
  'ct:resume': () => ['up'],
  'ct:set': () => ['proxy', '--memory', '1G'],
  'ct:rename': () => ['proxy', 'edge'],
  'ct:tag': () => ['proxy', '+web'],
  'ct:resize': () => ['proxy', '+1G'],
  'ct:clone': () => ['proxy', 'proxy-02'],
  'ct:migrate': () => ['proxy', '--to', 'pve1'],
  'ct:disk:list': () => ['proxy'],
  'ct:disk:add': () => ['proxy', '--size', '1G', '--path', '/data'],
  'ct:disk:resize': () => ['proxy', 'rootfs', '2G'],
  'ct:disk:move': () => ['proxy', 'rootfs', '--storage', 'local'],
  'ct:disk:detach': () => ['proxy', 'mp0'],
  'ct:disk:remove': () => ['proxy', 'mp0'],
  'ct:nic:list': () => ['proxy'],
  'ct:nic:add': () => ['proxy', '--bridge', 'vmbr0', '--ip', 'dhcp'],
  'ct:nic:set': () => ['up', 'net0', '--firewall'],
  'ct:nic:remove': () => ['up', 'net0'],
  'ct:snapshot:list': () => ['proxy'],
  'ct:snapshot:create': () => ['proxy', '--name', 'before'],
  'ct:snapshot:delete': () => ['proxy', 'first'],
  'ct:snapshot:rollback': () => ['proxy', 'first'],
  'ct:snapshot:prune': () => ['proxy', '--keep', '0'],
  explain: () => ['PMX_TLS_UNTRUSTED'],
  describe: () => ['vm', 'web-01'],
  get: () => ['vm'],
  'ha:list': () => [],
  'ha:status': () => [],
  'ha:rules': () => [],
  'ha:add': () => ['proxy'],
  'ha:set': () => ['web-01', '--state', 'stopped'],
  'ha:remove': () => ['web-01'],
  'idrac:check': () => ['127.0.0.1:1', '--fail-on', 'never'],
  'idrac:scan': () => ['127.0.0.1/32', '--port', '1'],
  'idrac:info': (lab) => [bare(lab)],
  'idrac:window': (lab) => [bare(lab)],
  'idrac:pin': (lab) => [bare(lab)],
  'idrac:cert:show': (lab) => [bare(lab)],
  'idrac:cert:csr': (lab) => [idrac(lab)],
  'idrac:cert:export': (lab) => [idrac(lab)],
  'idrac:cert:replace': (lab) => [idrac(lab), '--cert', lab.file('idrac.pem')],
  'idrac:cert:reset': (lab) => [idrac(lab)],
  'idrac:connect': (lab) => [idrac(lab), '--via', 'running'],
  'idrac:login': () => ['10.0.8.*', '--user', 'root', '--password-stdin'],
  'idrac:logout': () => ['127.0.0.*'],
  'idrac:power:status': (lab) => [idrac(lab)],
  'idrac:power:on': (lab) => [idrac(lab)],
  'idrac:power:off': (lab) => [idrac(lab)],
  'idrac:power:cycle': (lab) => [idrac(lab)],
  'idrac:power:reset': (lab) => [idrac(lab)],
  'idrac:time:show': (lab) => [idrac(lab)],
  'idrac:time:sync': (lab) => [idrac(lab), '--now'],
  'net:check': () => ['127.0.0.1:1', '--fail-on', 'never'],
  'node:list': () => [],
  'node:show': () => ['pve1'],
  'node:reboot': () => ['pve1'],
  'node:shutdown': () => ['pve1'],
  'node:wake': () => ['pve1'],
  'node:drain': () => ['pve1', '--skip-blocked'],
  'node:undrain': () => ['pve1'],
  'op:list': () => [],
  'op:prune': () => ['--keep', '1'],
  undo: () => [],
  preflight: () => ['vm create web-02 --template base --start'],
  'op:show': (_, { interrupted }) => [interrupted],
  'op:rollback': (_, { interrupted }) => [interrupted],
  'op:resume': (_, { interrupted }) => [interrupted],
  'sandbox:start': (lab) => ['--data', lab.file('other-sandbox')],
  'sandbox:stop': () => [],
  'sandbox:status': () => [],
  'sandbox:reset': () => [],
  'sandbox:env': () => [],
  'sandbox:log': () => ['--limit', '5'],
  'sandbox:record': (lab) => ['--out', lab.file('recording.jsonl')],
  'sandbox:fault:add': () => ['--action', 'reset', '--after', '--path', '/nodes/*/qemu'],
  'sandbox:fault:list': () => [],
  'sandbox:fault:clear': () => [],
  'pool:list': () => [],
  'pool:show': () => ['web'],
  'pool:create': () => ['new'],
  'pool:add': () => ['web', 'web-01'],
  'pool:remove': () => ['web', 'running'],
  'pool:delete': () => ['web', '--remove-members'],
  'storage:list': () => [],
  'storage:content': () => ['local'],
  'storage:show': () => ['local'],
  'storage:orphans': () => [],
  'storage:upload': (lab) => [lab.file('image.qcow2'), '--storage', 'local'],
  'storage:download': () => ['http://127.0.0.1:1/x.iso', '--storage', 'local'],
  'storage:delete': () => ['local:import/kept.qcow2'],
  'storage:prune': () => ['local', '--keep-last', '3'],
  'task:list': () => [],
  'task:show': (_, facts) => [facts.upid],
  'task:log': (_, facts) => [facts.upid],
  'task:stop': (_, facts) => [facts.upid],
  'task:wait': (_, facts) => [facts.upid],
  'time:shift': () => ['running', '--to', '2020-01-31'],
  'time:restore': () => ['web-01'],
  'time:run': () => ['running', '--offset=-3y', '--', 'date'],
  'time:status': () => ['web-01'],
  'time:exec': () => ['--to', '2020-01-31', '--', 'date'],
  'time:window': (lab) => [lab.server()[1]!],
  'template:snippet:list': () => [],
  'template:snippet:show': () => ['docker'],
  'template:create': (lab) => ['--image', lab.file('image.qcow2'), '--name', 'new'],
  'template:backup': () => ['lonely'],
  'template:restore': () => ['lonely', '--name', 'lonely-copy'],
  'template:build': (lab) => ['-f', lab.file('templates.yaml')],
  'template:export': () => ['versioned'],
  'template:list': () => [],
  'template:outdated': () => ['versioned'],
  'template:versions': () => ['versioned'],
  'template:refresh': () => ['--all'],
  'template:show': () => ['lonely'],
  'template:promote': () => ['versioned@1'],
  'template:rollback': () => ['versioned'],
  'template:prune': () => ['versioned', '--keep', '1'],
  'template:diff': () => ['lonely', 'lonely'],
  'template:test': () => ['lonely'],
  'template:validate': () => ['lonely'],
  'template:clone': () => ['lonely', 'lonely-copy'],
  'template:delete': () => ['lonely'],
  'vm:list': () => [],
  'vm:show': () => ['web-01'],
  'vm:deploy-timeshift': () => ['jump-02', '--template', 'base', '--no-wait'],
  'vm:create': () => [
    'web-02',
    '--template',
    'base',
    '--disk',
    '+1G',
    '--ip',
    'dhcp',
    '--wait',
    'ip',
  ],
  'vm:backup': () => ['web-01'],
  'vm:profile:list': () => [],
  'vm:profile:show': () => ['db'],
  'vm:profile:set': () => ['db', 'memory=4G'],
  'vm:profile:remove': () => ['db'],
  'vm:exec': () => ['running', '--no-stdin', '--', 'hostname'],
  'vm:cp': (lab) => [lab.file('contexts.yaml'), 'running:/tmp/'],
  'vm:console': () => ['running'],
  'vm:ssh': () => ['running', '--print', '--host', '127.0.0.1'],
  'vm:pending': () => ['web-01'],
  'vm:watch': () => ['running', '--until', 'running'],
  'vm:agent:ping': () => ['running'],
  'vm:agent:info': () => ['running'],
  'vm:agent:osinfo': () => ['running'],
  'vm:agent:network': () => ['running'],
  'vm:agent:time': () => ['running'],
  'vm:agent:users': () => ['running'],
  'vm:agent:fsinfo': () => ['running'],
  'vm:agent:fstrim': () => ['running'],
  'vm:agent:freeze': () => ['running'],
  'vm:agent:thaw': () => ['running'],
  'vm:agent:passwd': () => ['running', 'root', '--password-stdin'],
  'vm:agent:file-read': () => ['running', '/etc/hostname'],
  'vm:agent:file-write': () => ['running', '/tmp/note'],
  'vm:snapshot:list': () => ['web-01'],
  'vm:snapshot:create': () => ['web-01', '--name', 'before'],
  'vm:snapshot:delete': () => ['web-01', 'first'],
  'vm:snapshot:rollback': () => ['web-01', 'first'],
  'vm:snapshot:prune': () => ['web-01', '--keep', '0'],
  'vm:start': () => ['web-01'],
  'vm:stop': () => ['running'],
  'vm:shutdown': () => ['running'],
  'vm:reboot': () => ['running'],
  'vm:reset': () => ['running'],
  'vm:suspend': () => ['running'],
  'vm:resume': () => ['running'],
  'vm:set': () => ['web-01', '--memory', '1G', '--no-agent'],
  'vm:rename': () => ['web-01', 'web-09'],
  'vm:tag': () => ['web-01', '+prod'],
  'vm:resize': () => ['web-01', '+1G'],
  'vm:clone': () => ['web-01', 'web-08'],
  'vm:migrate': () => ['web-01', '--to', 'pve1'],
  'vm:disk:list': () => ['web-01'],
  'vm:disk:add': () => ['web-01', '--size', '1G', '--ssd', '--discard'],
  'vm:disk:resize': () => ['web-01', 'scsi0', '+1G'],
  'vm:disk:move': () => ['web-01', 'scsi0', '--storage', 'thin'],
  'vm:disk:detach': () => ['web-01', 'scsi0'],
  'vm:disk:remove': () => ['web-01', 'scsi0'],
  'vm:nic:list': () => ['web-01'],
  'vm:nic:add': () => ['web-01', '--bridge', 'vmbr0', '--vlan', '5'],
  'vm:nic:set': () => ['nics', 'net0', '--link-down'],
  'vm:nic:remove': () => ['nics', 'net0'],
  wait: () => ['running', '--for', 'running'],
  'vm:delete': () => ['web-01', 'running', '--stop'],
};

/** Flags go in front of two dashes: behind them stands a command of its own. */
export function withFlags(words: readonly string[], flags: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return [...words.slice(0, end), ...flags, ...words.slice(end)];
}

export interface Facts {
  interrupted: string;
  upid: string;
  /** An older version of the configuration. */
  backup: string;
}

/** Makes what the calls speak of. */
export async function prepare(lab: Lab): Promise<Facts> {
  await lab.template('base');
  for (const name of ['web-01', 'running'])
    await lab.json('vm', 'create', name, '--template', 'base');
  await lab.json('vm', 'start', 'running');
  await lab.template('lonely');
  await lab.template('versioned', '--version', '1');
  const versioned = await lab.template('versioned', '--version', '2');
  const ofCirros = 'description=pmx-template: {"version":"2","catalog":"small"}';
  await lab.json('api', 'put', `/nodes/pve1/qemu/${versioned}/config`, ofCirros);
  await lab.json('pool', 'create', 'web');
  await lab.json('pool', 'add', 'web', 'running');
  const thin = ['storage=thin', 'type=lvmthin', 'vgname=pve', 'thinpool=data'];
  await lab.json('api', 'post', '/storage', ...thin);
  await lab.container('proxy', 'rootfs=thin:1');
  await lab.container('up', 'net0=name=eth0,bridge=vmbr0,ip=dhcp');
  await lab.json('ct', 'start', 'up');
  const nics = ['vmid=190', 'name=nics', 'net0=virtio,bridge=vmbr0'];
  await lab.json('api', 'post', '/nodes/pve1/qemu', ...nics);
  await lab.json('vm', 'snapshot', 'create', 'web-01', '--name', 'first');
  await lab.json('ct', 'snapshot', 'create', 'proxy', '--name', 'first');
  await lab.json('ct', 'backup', 'proxy');
  await lab.json('template', 'backup', 'lonely');
  const job = ['id=nightly', 'schedule=daily', 'storage=local', 'all=1', 'enabled=0'];
  await lab.json('api', 'post', '/cluster/backup', ...job);
  await lab.json('ha', 'add', 'web-01', '--state', 'stopped');
  await createEmptyQcow2(lab.file('image.qcow2'), 2 ** 20);
  await lab.json(
    'storage',
    'upload',
    lab.file('image.qcow2'),
    '--storage',
    'local',
    '--filename',
    'kept.qcow2',
  );
  writeFileSync(
    lab.file('templates.yaml'),
    'templates: [{ name: spare, image: image.qcow2 }, { name: small, distribution: small }]\n',
  );
  writeFileSync(
    lab.file('catalog.yaml'),
    JSON.stringify([(await loadCatalog()).find('cirros')]).replaceAll('cirros', 'tiny'),
  );
  const publisher = await Publisher.start();
  lab.cleanups.push(() => publisher.stop());
  const cirros = '/github.com/cirros-dev/cirros/releases/download/0.6.3';
  const image = readFileSync(lab.file('image.qcow2'));
  // As the newest one: in a checkout another would only be told.
  publisher.put('/pmx-cli/latest', readFileSync(join(root, 'package.json')));
  await lab.json('config', 'set', 'updateRegistry', publisher.base);
  publisher.put(`${cirros}/cirros-0.6.3-x86_64-disk.img`, image);
  const value = createHash('sha256').update(image).digest('hex');
  const small = {
    ...(await loadCatalog()).find('cirros'),
    checksum: { algorithm: 'sha256', value },
  };
  writeFileSync(
    lab.file('own-catalog.yaml'),
    JSON.stringify([{ ...small, id: 'small', distribution: 'small' }]),
  );
  await lab.json('config', 'set', 'catalog', lab.file('own-catalog.yaml'));
  await lab.json('config', 'set', 'mirrors', JSON.stringify({ '*': publisher.base }));
  const failed = await lab.pmx([
    'vm',
    'create',
    'broken',
    '--template',
    'base',
    '--vmid',
    '900',
    '--net',
    'vmbr0,tag=9',
    '--storage',
    'local',
    '--wait',
    'ssh',
    '--wait-timeout',
    '1',
    '--keep-on-failure',
    '--json',
  ]);
  const { error } = JSON.parse(failed.stdout) as { error: { data: { operation: string } } };
  const [task] = await lab.json<Array<{ upid: string }>>('task', 'list');
  await lab.json('vm', 'profile', 'set', 'db', 'memory=2G');
  await prepareAccess(lab);
  await preparePlugin(lab);
  await prepareIdrac(lab);
  await lab.json('config', 'set', 'pager', 'less');
  await lab.pmx(['schedule', 'add', 'kept', '--at', 'daily', '--with', 'cron', '--', 'op', 'list']);
  const [older] = await lab.json<Array<{ id: string }>>('config', 'history');
  const document = (spec: string, name = 'web-01'): string =>
    `apiVersion: pmx/v1\nkind: VirtualMachine\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
  // One of its own, that nothing else speaks of once it is deleted.
  await lab.json('vm', 'create', 'spare', '--empty');
  writeFileSync(lab.file('spare.yaml'), document('{}', 'spare'));
  writeFileSync(lab.file('user-data.yaml'), '#cloud-config\npackages: [git]\n');
  writeFileSync(lab.file('web.yaml'), document('{cores: 3}'));
  writeFileSync(lab.file('same.yaml'), document('{running: false}'));
  writeFileSync(lab.file('old.conf'), 'PVE_HOST=pve1\nNODE_NAME=pve1\n');
  writeFileSync(lab.file('contexts.yaml'), 'contexts: {imported: {endpoint: pve1}}\n');
  return { interrupted: error.data.operation, upid: task?.upid ?? upid, backup: older!.id };
}

/** A plugin without commands, linked, and as a package. */
async function preparePlugin(lab: Lab): Promise<void> {
  mkdirSync(lab.file('demo'));
  const about = { name: 'pmx-plugin-demo', version: '1.0.0', oclif: {} };
  writeFileSync(lab.file('demo/package.json'), JSON.stringify(about));
  spawnSync('tar', ['czf', lab.file('demo.tgz'), '-C', lab.path, 'demo']);
  await lab.json('plugins', 'link', lab.file('demo'), '--yes');
}

/**
 * Its certificate is remembered, and so is its password. A sandbox that is started anew has another
 * iDRAC, with others.
 */
export async function prepareIdrac(lab: Lab): Promise<void> {
  const [{ url, fingerprint }] = lab.idracs() as [ReturnType<Lab['idracs']>[number]];
  const { hostname, port } = new URL(url);
  writeFileSync(lab.file('data/bmc-pins.json'), JSON.stringify({ [idrac(lab)]: fingerprint }));
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  writeFileSync(lab.file('idrac.pem'), socket.getPeerX509Certificate()!.toString());
  socket.destroy();
  const login = ['idrac', 'login', '127.0.0.*', '--user', 'root', '--password-stdin'];
  const { code, stderr } = await lab.pmx(login, { input: lab.secret() });
  if (code !== 0) throw new Error(stderr);
}

/** Somebody with a token, in a group that has a role. */
async function prepareAccess(lab: Lab): Promise<void> {
  await lab.json('access', 'group', 'create', 'ops');
  await lab.json('access', 'user', 'create', 'ann@pve', '--group', 'ops');
  // Those that are set outlive those that are deleted.
  await lab.json('access', 'user', 'create', 'ben@pve');
  await lab.json('access', 'role', 'create', 'Looker', '--privilege', 'VM.Audit');
  await lab.json('access', 'token', 'create', 'ann@pve!t1');
  await lab.json('access', 'role', 'create', 'Watcher', '--privilege', 'VM.Audit');
  await lab.json('access', 'acl', 'set', '/vms', '--role', 'Watcher', '--group', 'ops');
}
