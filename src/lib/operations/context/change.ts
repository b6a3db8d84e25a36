import { type ContextRecord, type Contexts, type Plan, secretRef } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { requireTokenSecret } from '../../auth/secret-text.js';

export interface ContextAddRequest {
  name: string;
  record: ContextRecord;
  replace: boolean;
  /** Asked for only once everything else is known to be right. */
  secret: () => Promise<string | undefined>;
}

/** @throws RequestError `PMX_CONTEXT_EXISTS`, `PMX_NO_SECRET`, `PMX_INVALID_SECRET` */
export async function planContextAdd(
  contexts: Contexts,
  request: ContextAddRequest,
): Promise<Plan> {
  const { name, record, replace } = request;
  const existing = await contexts.list();
  const replaces = Object.hasOwn(existing, name);
  if (replaces && !replace) {
    throw new RequestError({
      code: 'PMX_CONTEXT_EXISTS',
      message: `There is a context '${name}' already (${existing[name]!.endpoint}).`,
      hints: ['Add --replace to replace it, or choose another name.'],
    });
  }
  const use = (await contexts.current()) === undefined;
  const secret = await request.secret();
  if (secret !== undefined) requireTokenSecret(secret);
  return {
    operation: 'context.add',
    target: `context ${name}`,
    title: `Store context ${name} for ${record.endpoint}`,
    local: true,
    steps: [
      {
        id: 'save',
        title: `Write context ${name}`,
        kind: 'context.save',
        args: {
          name,
          context: { ...record },
          ...(secret !== undefined && { secret: secretRef('token') }),
          use,
        },
        ...(!replaces && {
          undo: [{ title: `Remove context ${name}`, kind: 'context.remove', args: { name } }],
        }),
      },
    ],
    secrets: secret === undefined ? {} : { token: secret },
    result: {
      name,
      endpoint: record.endpoint,
      current: use || (await contexts.current()) === name,
    },
  };
}

/** `-` is the context before the current one. @throws RequestError `PMX_CONTEXT_NOT_FOUND` */
export async function planContextUse(contexts: Contexts, name: string): Promise<Plan> {
  const wanted = name === '-' ? await contexts.previous() : name;
  if (wanted === undefined) {
    throw new RequestError({
      code: 'PMX_CONTEXT_NOT_FOUND',
      message: 'There is no previous context to go back to.',
      hints: ['pmx context list shows all of them.'],
    });
  }
  await contexts.get(wanted);
  return {
    operation: 'context.use',
    target: `context ${wanted}`,
    title: `Make ${wanted} the current context`,
    local: true,
    steps: [
      {
        id: 'use',
        title: `Switch to context ${wanted}`,
        kind: 'context.use',
        args: { name: wanted },
      },
    ],
    result: { name: wanted },
  };
}

/** @throws RequestError `PMX_CONTEXT_NOT_FOUND` */
export async function planContextRemove(contexts: Contexts, name: string): Promise<Plan> {
  const { endpoint } = await contexts.get(name);
  return {
    operation: 'context.remove',
    target: `context ${name}`,
    title: `Remove context ${name}`,
    local: true,
    impact: {
      removes: [
        { what: 'context', name, detail: endpoint },
        ...((await contexts.hasSecret(name)) ? [{ what: 'stored secret', name }] : []),
      ],
      keeps: [{ what: 'the API token', name: 'on the server', detail: 'revoke it there' }],
    },
    steps: [
      {
        id: 'remove',
        title: `Remove context ${name} and its secret`,
        kind: 'context.remove',
        args: { name },
        destructive: true,
      },
    ],
    result: { name },
  };
}
