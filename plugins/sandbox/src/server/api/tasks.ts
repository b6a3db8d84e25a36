import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { parameterError } from '../errors.js';
import type { TaskRecord } from '../state/model.js';
import { parseUpid } from '../tasks/upid.js';
import {
  flag,
  node,
  onNode,
  optional,
  optionalInteger,
  optionalText,
  text,
  vmid,
} from './common.js';
import { Extended, PlainText } from './types.js';
import type { Call, Route } from './types.js';

const upid = text('The task UPID.');
const onTask = { node, upid };

/** A task belongs to its user; a user's ticket sees the tasks of the user's tokens as well. */
export function isOwn(who: Identity, task: { user: string }): boolean {
  return (
    task.user === who.id || (who.tokenid === undefined && task.user.startsWith(`${who.userid}!`))
  );
}

function checkTask(call: Call, privilege: 'Sys.Audit' | 'Sys.Modify'): TaskRecord | undefined {
  const id = call.params.string('upid');
  const parsed = parseUpid(id);
  if (!parsed) throw parameterError({ upid: 'unable to parse worker upid' });
  const nodeName = call.params.string('node');
  if (!isOwn(call.user, parsed)) call.app.acl.check(call.user, `/nodes/${nodeName}`, [privilege]);
  const task = call.app.tasks.find(id);
  return task?.node === nodeName ? task : undefined;
}

function details(task: TaskRecord): Record<string, unknown> {
  const { upid: id, node: on, pid, pstart, starttime, type, id: about, user } = task;
  return { upid: id, node: on, pid, pstart, starttime, type, id: about, user };
}

function kindOf(status: string): string {
  if (status === 'OK') return 'ok';
  if (status.startsWith('WARNINGS')) return 'warning';
  return status === 'unexpected status' ? 'unknown' : 'error';
}

function listTasks(call: Call): Extended {
  const { app, user, params } = call;
  const on = params.string('node');
  const all = app.acl.has(user, `/nodes/${on}`, ['Sys.Audit']);
  const source = params.optionalString('source') ?? 'archive';
  const kinds = params.list('statusfilter').map((kind) => kind.toLowerCase());
  const about = params.optionalString('vmid');
  const rows = app.tasks.list().filter((task) => {
    if (task.node !== on || (!all && !isOwn(user, task))) return false;
    if (source !== 'all' && (source === 'active') !== (task.exitstatus === undefined)) return false;
    const kind = task.exitstatus === undefined ? undefined : kindOf(task.exitstatus);
    if (params.flag('errors') && (kind === undefined || kind === 'ok')) return false;
    if (kinds.length > 0 && (kind === undefined || !kinds.includes(kind))) return false;
    if (about !== undefined && task.id !== about && !task.id.startsWith(`${about}@`)) return false;
    if (params.has('typefilter') && task.type !== params.string('typefilter')) return false;
    if (params.has('userfilter') && !task.user.includes(params.string('userfilter'))) return false;
    if (task.starttime < (params.optionalNumber('since') ?? 0)) return false;
    return task.starttime <= (params.optionalNumber('until') ?? Infinity);
  });
  const start = params.optionalNumber('start') ?? 0;
  // Here a limit of 0 means none at all, other than in the log of a task.
  const page = rows.slice(start, start + (params.optionalNumber('limit') ?? 50));
  const data = page.map((task) => ({
    ...details(task),
    ...(task.endtime === undefined ? {} : { endtime: task.endtime }),
    ...(task.exitstatus === undefined ? {} : { status: task.exitstatus }),
  }));
  return new Extended(data, rows.length > 0 ? { total: rows.length } : {});
}

function readLog(call: Call): Extended | PlainText {
  const task = checkTask(call, 'Sys.Audit');
  const lines = task?.log ?? ['unable to open file - No such file or directory'];
  if (call.params.flag('download')) return new PlainText(`${lines.join('\n')}\n`);
  const start = call.params.optionalNumber('start') ?? 0;
  const limit = call.params.optionalNumber('limit') ?? 50;
  const end = limit === 0 ? lines.length : start + limit;
  return new Extended(
    lines.slice(start, end).map((line, index) => ({ n: start + index + 1, t: line })),
    { total: lines.length },
  );
}

/** The tasks of the whole cluster that the caller may see. */
export function clusterTasks(app: App, who: Identity): unknown[] {
  const all = app.acl.has(who, '/', ['Sys.Audit']);
  // Observed: without Sys.Audit a token sees nothing here, not even its own tasks.
  const visible = app.tasks
    .list()
    .filter((task) => all || (who.tokenid === undefined && isOwn(who, task)));
  return visible.slice(0, 25).map((task) => {
    const { pid: _pid, pstart: _pstart, ...row } = details(task);
    return {
      ...row,
      ...(task.endtime === undefined ? {} : { endtime: task.endtime, saved: '1' }),
      ...(task.exitstatus === undefined ? {} : { status: task.exitstatus }),
    };
  });
}

export const taskRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes/{node}/tasks',
    name: 'node_tasks',
    description: 'Read task list for one node (finished tasks).',
    params: {
      ...onNode,
      errors: flag('Only list tasks with a status of ERROR.', 0),
      limit: optionalInteger('Only list this number of tasks.', { minimum: 0, default: 50 }),
      since: optionalInteger('Only list tasks since this UNIX epoch.'),
      source: optionalText('List archived, active or all tasks.', {
        enum: ['archive', 'active', 'all'],
        default: 'archive',
      }),
      start: optionalInteger('List tasks beginning from this offset.', { minimum: 0, default: 0 }),
      statusfilter: optionalText('List of Task States that should be returned.', {
        format: 'pve-task-status-type-list',
      }),
      typefilter: optionalText('Only list tasks of this type (e.g., vzstart, vzdump).'),
      until: optionalInteger('Only list tasks until this UNIX epoch.'),
      userfilter: optionalText('Only list tasks from this user.'),
      vmid: optional(vmid),
    },
    permissions: {
      user: 'all',
      description:
        'List task associated with the current user, or all task the user has Sys.Audit permissions on /nodes/<node>.',
    },
    returns: 'array',
    handler: listTasks,
  },
  {
    method: 'GET',
    path: '/nodes/{node}/tasks/{upid}',
    name: 'upid_index',
    description: 'Directory index.',
    params: onTask,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => [{ name: 'log' }, { name: 'status' }],
  },
  {
    method: 'DELETE',
    path: '/nodes/{node}/tasks/{upid}',
    name: 'stop_task',
    description: 'Stop a task.',
    params: onTask,
    permissions: { user: 'all' },
    protected: true,
    returns: 'null',
    handler: (call) => {
      const task = checkTask(call, 'Sys.Modify');
      if (!task) throw parameterError({ upid: 'no such task' });
      call.app.tasks.stop(task.upid);
      return null;
    },
  },
  {
    method: 'GET',
    path: '/nodes/{node}/tasks/{upid}/status',
    name: 'read_task_status',
    description: 'Read task status.',
    params: onTask,
    permissions: { user: 'all' },
    protected: true,
    returns: 'object',
    handler: (call) => {
      const task = checkTask(call, 'Sys.Audit');
      if (!task) throw parameterError({ upid: 'no such task' });
      return {
        ...details(task),
        ...(task.exitstatus === undefined
          ? { status: 'running' }
          : { status: 'stopped', exitstatus: task.exitstatus }),
      };
    },
  },
  {
    method: 'GET',
    path: '/nodes/{node}/tasks/{upid}/log',
    name: 'read_task_log',
    description: 'Read task log.',
    params: {
      ...onTask,
      download: flag('Whether the tasklog file should be downloaded.'),
      limit: optionalInteger('The amount of lines to read from the tasklog.', {
        minimum: 0,
        default: 50,
      }),
      start: optionalInteger('Start at this line when reading the tasklog.', {
        minimum: 0,
        default: 0,
      }),
    },
    permissions: { user: 'all' },
    protected: true,
    returns: 'array',
    handler: readLog,
  },
];
