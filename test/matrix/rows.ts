import type { Bench } from '../../plugins/sandbox/test/helper.ts';
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
}

export const rows: readonly Row[] = [
  {
    command: 'vm:create',
    call: () => ['vm', 'create', 'new', '--template', 'base', '--disk', '+64M', '--start'],
  },
  {
    command: 'vm:create',
    title: 'with files of its own, waiting for an address',
    call: () => [
      ...['vm', 'create', 'new', '--template', 'base', '--user-data', 'web.yaml'],
      ...['--memory', '256', '--wait', 'ip', '--start'],
    ],
  },
  { command: 'vm:start', call: () => ['vm', 'start', 'web-01'] },
  { command: 'vm:stop', call: () => ['vm', 'stop', 'running'] },
  { command: 'vm:shutdown', call: () => ['vm', 'shutdown', 'running'] },
  { command: 'vm:delete', call: () => ['vm', 'delete', 'web-01', '--yes'] },
  {
    command: 'vm:delete',
    title: 'one that runs',
    call: () => ['vm', 'delete', 'running', '--stop', '--yes'],
  },
  { command: 'ct:start', call: () => ['ct', 'start', 'proxy'] },
  { command: 'ct:stop', call: () => ['ct', 'stop', 'cache'] },
  { command: 'ct:shutdown', call: () => ['ct', 'shutdown', 'cache'] },
  {
    command: 'template:create',
    call: () => ['template', 'create', '--image', 'image.qcow2', '--name', 'made'],
  },
  { command: 'template:delete', call: () => ['template', 'delete', 'lonely', '--yes'] },
  { command: 'api:post', call: () => ['api', 'post', '/pools', 'poolid=made'] },
  { command: 'api:put', call: () => ['api', 'put', '/pools/lab', 'comment=changed'] },
  { command: 'api:delete', call: () => ['api', 'delete', '/pools/lab', '--yes'] },
];

/** Changing commands without a row, and why. */
export const exceptions: Readonly<Record<string, string>> = {};
