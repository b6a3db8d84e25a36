import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import { guestRows } from './guest-rows.ts';
import { hardwareRows } from './hardware-rows.ts';
import { imageRows } from './image-rows.ts';
import { lateRows } from './late-rows.ts';
import { moveRows } from './move-rows.ts';
import { serverRows } from './server-rows.ts';
import type { Stage } from './stage.ts';

/** How one changing command is called in the world of `world.ts`. */
export interface Row {
  /** Id in the manifest. */
  command: string;
  /** Tells rows of the same command apart. */
  title?: string;
  call(stage: Stage): string[];
  /** For standard input. */
  input?: string;
  /** What has to be there besides the world. */
  arrange?(bench: Bench): Promise<void>;
  /** A step needs a secret, which no journal holds: instead of going on it is begun anew. */
  secret?: true;
  /** Nobody can find out whether a request without an answer was carried out; then pmx has to say so. */
  unknowable?: true;
  /** Ends as it began: a restart leaves nothing to see. */
  still?: true;
}

export const rows: readonly Row[] = [
  ...guestRows,
  ...imageRows,
  ...hardwareRows,
  ...moveRows,
  ...lateRows,
  ...serverRows,
];

/** Changing commands without a row, and why. */
export const exceptions: Readonly<Record<string, string>> = {
  ...excepted('Changes a file of this machine at one go: unit tests of lib/config/write.', [
    'catalog:update',
    'config:edit',
    'config:import',
    'config:migrate',
    'config:reset',
    'config:restore',
    'config:set',
    'config:unset',
    'context:add',
    'context:copy',
    'context:import',
    'context:remove',
    'context:rename',
    'context:use',
    'idrac:login',
    'idrac:logout',
    'idrac:pin',
  ]),
  ...excepted('Files and timers of this machine: test/e2e/schedule.e2e.test.ts.', [
    'schedule:add',
    'schedule:remove',
  ]),
  ...excepted('Needs a terminal, and ends as `login` does: test/e2e/init-wizard.e2e.test.ts.', [
    'init',
  ]),
  ...excepted('Needs a terminal, and shifts as `time run` does: test/e2e/idrac-connect.', [
    'idrac:connect',
  ]),
  ...excepted('Plugins of this machine, changed as a whole: test/e2e/plugins.e2e.test.ts.', [
    'plugins:install',
    'plugins:link',
    'plugins:new',
    'plugins:uninstall',
    'plugins:update',
  ]),
  ...excepted('The folder of pmx itself: test/e2e/update.e2e.test.ts kills it there.', [
    'update',
    'update:rollback',
  ]),
  ...excepted('Acts on a controller beside the cluster: test/e2e/idrac-changes kills it there.', [
    'idrac:cert:csr',
    'idrac:cert:replace',
    'idrac:cert:reset',
    'idrac:power:cycle',
    'idrac:power:off',
    'idrac:power:on',
    'idrac:power:reset',
    'idrac:time:sync',
  ]),
  ...excepted('Secrets of this machine: test/e2e/config.e2e.test.ts.', [
    'config:decrypt',
    'config:encrypt',
  ]),
  ...excepted('Acts inside of a guest, where nobody can take anything back: test/e2e/reach.', [
    'ct:cp',
    'ct:exec',
    'ct:ssh',
    'vm:agent:file-write',
    'vm:agent:freeze',
    'vm:agent:fstrim',
    'vm:agent:passwd',
    'vm:agent:thaw',
    'vm:cp',
    'vm:exec',
    'vm:ssh',
  ]),
  ...excepted('Contexts, profiles and journals of this machine: tests of their own.', [
    'login',
    'logout',
    'catalog:cache:prune',
    'op:prune',
    'vm:profile:remove',
    'vm:profile:set',
  ]),
  ...excepted(
    'Destroys its clone in every case, as its end-to-end tests see: test/e2e/templates.',
    ['template:test'],
  ),
  ...excepted(
    'Leaves a clock shifted on purpose, or changes none: test/e2e/time.e2e.test.ts kills it.',
    ['time:exec', 'time:restore', 'time:run', 'time:shift'],
  ),
  ...excepted('Of a reboot nothing is left to see, and nobody can take it back: test/e2e/nodes.', [
    'node:reboot',
  ]),
  ...excepted('A task runs no longer than its server, which each cell starts anew: test/e2e.', [
    'task:stop',
  ]),
  ...excepted('Rolls an operation back that has ended, as the cells do: test/e2e/undo.', ['undo']),
  ...excepted('Takes a completed drain back as undo does: test/e2e/nodes.e2e.test.ts.', [
    'node:undrain',
  ]),
  ...excepted('Its plans are those of `vm create`.', ['vm:deploy-timeshift']),
  ...excepted('Its plans are those of `template build`.', ['template:refresh']),
  ...excepted('Differs from `backup job enable` by one value.', ['backup:job:disable']),
  ...excepted('Is what the cells of all others end with.', ['op:resume', 'op:rollback']),
  ...excepted('Needs a terminal, and leaves nothing: test/e2e/reach/console.e2e.test.ts.', [
    'ct:console',
    'vm:console',
  ]),
  ...excepted('Starts and steers the sandbox itself, on which the matrix runs.', [
    'sandbox:fault:add',
    'sandbox:fault:clear',
    'sandbox:record',
    'sandbox:reset',
    'sandbox:start',
    'sandbox:stop',
  ]),
};

function excepted(why: string, commands: readonly string[]): Record<string, string> {
  return Object.fromEntries(commands.map((command) => [command, why]));
}
