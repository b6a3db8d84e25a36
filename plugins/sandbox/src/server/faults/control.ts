import type { App } from '../app.js';
import { parameterError } from '../errors.js';
import { optionalInteger, optionalText, text } from '../api/common.js';
import type { Call, Permissions, Route } from '../api/types.js';
import { FaultRuleError, parseRules } from './rule.js';
import type { FaultRule } from './rule.js';

/** Everything below this path steers the sandbox itself. PVE has no such thing, so apidoc does not name it. */
export const CONTROL = '/sandbox';

const MODIFY: Permissions = { check: ['perm', '/', ['Sys.Modify']] };
const DEFAULT_LIMIT = 500;

/** What runs the guests, and what these use of the machine. */
function engineReport(app: App): object {
  const running = app.vms.all().filter((vm) => vm.guest);
  return {
    engine: app.engine.name,
    ...(app.engine.accel && { accel: app.engine.accel }),
    running: running.map((vm) => {
      const { cpu, memhost } = app.engine.figures(vm);
      return { vmid: vm.vmid, name: vm.config['name'] ?? `VM ${vm.vmid}`, cpu, memory: memhost };
    }),
  };
}

async function status({ app }: Call): Promise<unknown> {
  const { state } = app.store;
  const open = state.tasks.filter(({ exitstatus }) => exitstatus === undefined);
  return {
    ...engineReport(app),
    diskTool: (await app.qemuImg.present()) ? 'qemu-img' : 'none',
    memory: process.memoryUsage.rss(),
    openTasks: open.map(({ upid }) => upid),
    guests: Object.keys(state.vms).length,
    recording: app.recorder.running,
    faults: app.faults.book.entries,
  };
}

function readRules(given: string): FaultRule[] {
  try {
    return parseRules(JSON.parse(given));
  } catch (error) {
    if (error instanceof FaultRuleError || error instanceof SyntaxError)
      throw parameterError({ rules: error.message });
    throw error;
  }
}

async function putFaults({ app, params }: Call): Promise<null> {
  const rules = readRules(params.string('rules'));
  const problems = rules.flatMap(({ id, action: { node, storage } }) => [
    ...(node === undefined || app.store.state.nodes.includes(node)
      ? []
      : [`rule '${id}': there is no node '${node}'`]),
    ...(storage === undefined || app.store.state.storages[storage]
      ? []
      : [`rule '${id}': there is no storage '${storage}'`]),
  ]);
  if (problems.length > 0) throw parameterError({ rules: problems.join('\n') });
  if (rules.some(({ action }) => action.type === 'new-certificate')) await app.prepareCertificate();
  await app.faults.book.put(rules);
  await app.faults.measure(app.store.state.nodes);
  return null;
}

export const controlRoutes: Route[] = [
  {
    method: 'GET',
    path: `${CONTROL}/status`,
    name: 'sandbox_status',
    description: 'What the sandbox is doing.',
    permissions: MODIFY,
    returns: 'object',
    handler: status,
  },
  {
    method: 'GET',
    path: `${CONTROL}/faults`,
    name: 'sandbox_faults',
    description: 'The fault rules.',
    permissions: MODIFY,
    returns: 'array',
    handler: ({ app }) => app.faults.book.entries,
  },
  {
    method: 'PUT',
    path: `${CONTROL}/faults`,
    name: 'sandbox_put_faults',
    description: 'Puts rules in force; one of the same id is replaced.',
    permissions: MODIFY,
    returns: 'null',
    params: { rules: text('List of rules as JSON.') },
    handler: putFaults,
  },
  {
    method: 'DELETE',
    path: `${CONTROL}/faults`,
    name: 'sandbox_clear_faults',
    description: 'Takes rules out of force; ids that are not there are no error.',
    permissions: MODIFY,
    returns: 'array',
    params: { ids: text('Ids of rules, separated by commas.') },
    handler: ({ app, params }) => app.faults.book.remove(params.list('ids')),
  },
  {
    method: 'GET',
    path: `${CONTROL}/recording`,
    name: 'sandbox_recording',
    description: 'Recorded exchanges.',
    permissions: MODIFY,
    returns: 'object',
    params: {
      start: optionalInteger('Leave out that many.', { minimum: 0 }),
      limit: optionalInteger('How many at most.', { minimum: 1, maximum: DEFAULT_LIMIT }),
    },
    handler: ({ app, params }) =>
      app.recorder.read(
        params.optionalNumber('start') ?? 0,
        params.optionalNumber('limit') ?? DEFAULT_LIMIT,
      ),
  },
  {
    method: 'PUT',
    path: `${CONTROL}/recording`,
    name: 'sandbox_record',
    description: 'Begins a recording.',
    permissions: MODIFY,
    returns: 'null',
    params: { name: optionalText('First part of the names of the exchanges.') },
    handler: ({ app, params }) => {
      app.recorder.start(params.optionalString('name') ?? 'sandbox');
      return null;
    },
  },
  {
    method: 'DELETE',
    path: `${CONTROL}/recording`,
    name: 'sandbox_stop_recording',
    description: 'Ends the recording.',
    permissions: MODIFY,
    returns: 'null',
    handler: ({ app }) => {
      app.recorder.stop();
      return null;
    },
  },
];
