import type { Config } from '@oclif/core';
import { RequestError } from '@pmx-cli/kit/errors';

interface Kind {
  /** As kubectl would have it: short, long, one, many. */
  names: readonly string[];
  list: string;
  /** The command that shows one by its name. */
  show: string;
}

/** What `pmx get` and `pmx describe` know. One whose command is not there is not offered. */
const kinds: readonly Kind[] = [
  { names: ['vm', 'vms'], list: 'vm:list', show: 'vm:show' },
  { names: ['ct', 'cts', 'container', 'containers'], list: 'ct:list', show: 'ct:show' },
  { names: ['template', 'templates'], list: 'template:list', show: 'template:show' },
  { names: ['node', 'nodes', 'no'], list: 'node:list', show: 'node:show' },
  { names: ['storage', 'storages'], list: 'storage:list', show: 'storage:show' },
  { names: ['pool', 'pools'], list: 'pool:list', show: 'pool:show' },
  { names: ['task', 'tasks'], list: 'task:list', show: 'task:show' },
  { names: ['backup', 'backups'], list: 'backup:list', show: 'backup:show' },
  { names: ['context', 'contexts', 'ctx'], list: 'context:list', show: 'context:show' },
  { names: ['op', 'ops', 'operation', 'operations'], list: 'op:list', show: 'op:show' },
  { names: ['all'], list: 'cluster:resources', show: 'cluster:resources' },
];

/** The command that a kind and perhaps a name ask for, with the words that it gets. */
export interface Forward {
  id: string;
  argv: string[];
}

/**
 * `vm`, `vm web-01`, `vm/web-01`, with any flags → `vm list`, `vm show web-01`.
 * @throws RequestError `PMX_KIND_UNKNOWN`, `PMX_KIND_NAME_MISSING`
 */
export function forwardOf(
  argv: readonly string[],
  config: Pick<Config, 'findCommand'>,
  verb: 'get' | 'describe',
): Forward {
  const [word = '', ...rest] = argv;
  const [name, ...ofName] = word.split('/');
  const there = kinds.filter(({ list, show }) => [list, show].some((id) => config.findCommand(id)));
  const kind = there.find(({ names }) => names.includes(name!.toLowerCase()));
  if (!kind) throw unknownKind(word, there, verb);
  const words = ofName.length > 0 ? [ofName.join('/'), ...rest] : rest;
  // Flags are not parsed here: a name stands in front of them, as in all examples.
  const named = words[0] !== undefined && !words[0].startsWith('-');
  if (verb === 'describe' && !named && kind.show !== kind.list) {
    throw new RequestError({
      code: 'PMX_KIND_NAME_MISSING',
      message: `Which ${kind.names[0]} is to be described?`,
      hints: [
        `For example: pmx describe ${kind.names[0]} NAME`,
        `See them: pmx get ${kind.names[0]}`,
      ],
    });
  }
  return { id: named ? kind.show : kind.list, argv: words };
}

function unknownKind(word: string, there: readonly Kind[], verb: string): RequestError {
  const names = there.map(({ names: [first] }) => first).join(', ');
  return new RequestError({
    code: 'PMX_KIND_UNKNOWN',
    message:
      word === '' || word.startsWith('-')
        ? 'What kind of thing?'
        : `pmx ${verb} knows no '${word}'.`,
    hints: [`It knows: ${names}.`, `For example: pmx ${verb} vm web-01`],
  });
}
