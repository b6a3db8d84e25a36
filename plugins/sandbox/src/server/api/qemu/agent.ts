import { AGENT_QUERIES } from '../../qemu/agent.js';
import type { Vm } from '../../state/model.js';
import { flag, onVm, optionalText, text } from '../common.js';
import type { Call, ParamTable, Permissions, Route } from '../types.js';
import { vmOf } from './common.js';

const needs = (privilege: string): Permissions => ({
  check: [
    'perm',
    '/vms/{vmid}',
    [...(privilege === '' ? [] : [`VM.GuestAgent.${privilege}`]), 'VM.GuestAgent.Unrestricted'],
    'any',
    1,
  ],
});
const AUDIT = needs('Audit');
/** PVE reads this much of a file at once. */
const MAX_READ = 16_777_216;
const PATH = '/nodes/{node}/qemu/{vmid}/agent';

/** PVE's own index; the sandbox's guests do not sleep. */
const NAMES = [
  ...['exec', 'exec-status', 'file-read', 'file-write', 'fsfreeze-freeze', 'fsfreeze-status'],
  ...['fsfreeze-thaw', 'fstrim', 'get-fsinfo', 'get-host-name', 'get-memory-block-info'],
  ...['get-memory-blocks', 'get-osinfo', 'get-time', 'get-timezone', 'get-users', 'get-vcpus'],
  ...['info', 'network-get-interfaces', 'ping', 'set-user-password', 'shutdown'],
  ...['suspend-disk', 'suspend-hybrid', 'suspend-ram'],
];

type Answer = (call: Call, vm: Vm) => unknown;

function command(
  name: string,
  method: 'GET' | 'POST',
  permissions: Permissions,
  params: ParamTable,
  answer: Answer,
): Route {
  return {
    method,
    path: `${PATH}/${name}`,
    name,
    description: `Execute ${name}.`,
    params: { ...onVm, ...params },
    permissions,
    protected: true,
    returns: 'object',
    handler: async (call) => {
      const vm = vmOf(call);
      await call.app.engine.agent.require(vm, name);
      return answer(call, vm);
    },
  };
}

/** A command without parameters, whose answer PVE puts into `result`. */
const plain = (
  name: string,
  method: 'GET' | 'POST',
  permissions: Permissions,
  answer: Answer,
): Route =>
  command(name, method, permissions, {}, async (call, vm) => ({ result: await answer(call, vm) }));

const actions: Route[] = [
  plain('ping', 'POST', AUDIT, () => ({})),
  plain('fsfreeze-status', 'POST', needs('FileSystemMgmt'), ({ app }, vm) =>
    app.engine.agent.freezeStatus(vm),
  ),
  plain('fsfreeze-freeze', 'POST', needs('FileSystemMgmt'), ({ app }, vm) =>
    app.engine.agent.freeze(vm, true),
  ),
  plain('fsfreeze-thaw', 'POST', needs('FileSystemMgmt'), ({ app }, vm) =>
    app.engine.agent.freeze(vm, false),
  ),
  plain('fstrim', 'POST', needs('FileSystemMgmt'), ({ app }, vm) => app.engine.agent.trim(vm)),
  plain('shutdown', 'POST', needs(''), async ({ app }, vm) => {
    await app.engine.agent.shutdown(vm);
    return null;
  }),
  command(
    'exec',
    'POST',
    needs(''),
    {
      command: { type: 'array', description: 'The command as a list of program + arguments.' },
      'input-data': optionalText("Data to pass as 'input-data' to the guest.", {
        maxLength: 65_536,
      }),
    },
    ({ app, params }, vm) =>
      app.engine.agent.exec(vm, params.array('command'), params.optionalString('input-data')),
  ),
  command(
    'exec-status',
    'GET',
    needs(''),
    { pid: { type: 'integer', description: 'The PID to query' } },
    ({ app, params }, vm) => app.engine.agent.execStatus(vm, params.number('pid')),
  ),
  command(
    'file-read',
    'GET',
    needs('FileRead'),
    {
      file: text('The path to the file'),
      offset: {
        type: 'integer',
        optional: 1,
        default: 0,
        minimum: 0,
        description: 'Offset to start reading at.',
      },
      count: {
        type: 'integer',
        optional: 1,
        default: MAX_READ,
        minimum: 0,
        maximum: MAX_READ,
        description: 'Number of bytes to read.',
      },
      decode: flag(
        'Data received from the QEMU Guest-Agent is base64 encoded. If this is set to true, the data is decoded.',
        1,
      ),
    },
    ({ app, params }, vm) =>
      app.engine.agent.readFile(vm, params.string('file'), {
        offset: params.optionalNumber('offset') ?? 0,
        count: params.optionalNumber('count') ?? MAX_READ,
        decode: !params.has('decode') || params.flag('decode'),
      }),
  ),
  command(
    'file-write',
    'POST',
    needs('FileWrite'),
    {
      file: text('The path to the file.'),
      content: text('The content to write into the file.', { maxLength: 61_440 }),
      encode: flag('If set, the content will be encoded as base64 (required by QEMU).', 1),
    },
    ({ app, params }, vm) =>
      app.engine.agent.writeFile(
        vm,
        params.string('file'),
        params.string('content'),
        !params.has('encode') || params.flag('encode'),
      ),
  ),
  command(
    'set-user-password',
    'POST',
    needs(''),
    {
      username: text('The user to set the password for.'),
      password: text('The new password.', { minLength: 5, maxLength: 1024 }),
      crypted: flag('set to 1 if the password has already been passed through crypt()', 0),
    },
    async ({ app, params }, vm) => ({
      result: await app.engine.agent.setPassword(
        vm,
        params.string('username'),
        params.string('password'),
        params.flag('crypted'),
      ),
    }),
  ),
];

const queries = Object.keys(AGENT_QUERIES).map((name) =>
  plain(name, 'GET', AUDIT, ({ app }, vm) => app.engine.agent.query(vm, name)),
);

export const agentRoutes: Route[] = [
  ...actions,
  ...queries,
  {
    method: 'GET',
    path: PATH,
    name: 'index',
    description: 'QEMU Guest Agent command index.',
    params: onVm,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => NAMES.map((name) => ({ name })),
  },
];
