import {
  type ContextRecord,
  type Contexts,
  parseContextName,
  type Plan,
  type Step,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { savedRecord } from './saved-record.js';

/** @throws RequestError `PMX_CONTEXT_NOT_FOUND`, `PMX_CONTEXT_EXISTS`, `PMX_INVALID_CONTEXT_NAME` */
export async function planContextRename(
  contexts: Contexts,
  from: string,
  to: string,
): Promise<Plan> {
  await requireFree(contexts, from, to);
  const steps: Step[] = [
    {
      id: 'rename',
      title: `Rename context ${from} to ${to}`,
      kind: 'context.rename',
      args: { from, to },
      undo: [
        {
          title: `Name it ${from} again`,
          kind: 'context.rename',
          args: { from: to, to: from },
        },
      ],
    },
    ...(await secretSteps(contexts, from, to, false)),
  ];
  return plan('context.rename', `Rename context ${from} to ${to}`, steps, to);
}

/** @throws RequestError `PMX_CONTEXT_NOT_FOUND`, `PMX_CONTEXT_EXISTS`, `PMX_INVALID_CONTEXT_NAME` */
export async function planContextCopy(contexts: Contexts, from: string, to: string): Promise<Plan> {
  await requireFree(contexts, from, to);
  // As the file has it, with its ${…}.
  const secrets: Record<string, string> = {};
  const record = savedRecord((await contexts.list())[from] as ContextRecord, secrets);
  const steps: Step[] = [
    {
      id: 'save',
      title: `Write context ${to}`,
      kind: 'context.save',
      args: { name: to, context: record },
      undo: [{ title: `Remove context ${to}`, kind: 'context.remove', args: { name: to } }],
    },
    ...(await secretSteps(contexts, from, to, true)),
  ];
  return { ...plan('context.copy', `Copy context ${from} to ${to}`, steps, to), secrets };
}

async function secretSteps(
  contexts: Contexts,
  from: string,
  to: string,
  keep: boolean,
): Promise<Step[]> {
  if (!(await contexts.hasSecret(from))) return [];
  return [
    {
      id: 'secret',
      title: `${keep ? 'Copy' : 'Move'} the stored secret of ${from} to ${to}`,
      kind: 'secret.transfer',
      args: { from, to, keep },
      ...(!keep && {
        undo: [
          {
            title: `Move the stored secret back to ${from}`,
            kind: 'secret.transfer',
            args: { from: to, to: from, keep: false },
          },
        ],
      }),
    },
  ];
}

async function requireFree(contexts: Contexts, from: string, to: string): Promise<void> {
  parseContextName(to);
  await contexts.get(from);
  const existing = await contexts.list();
  if (!Object.hasOwn(existing, to)) return;
  throw new RequestError({
    code: 'PMX_CONTEXT_EXISTS',
    message: `There is a context '${to}' already (${existing[to]!.endpoint}).`,
    hints: [`Choose another name, or remove it: pmx context remove ${to}`],
  });
}

function plan(operation: string, title: string, steps: Step[], name: string): Plan {
  return { operation, target: `context ${name}`, title, local: true, steps, result: { name } };
}
