import { parseEndpoint } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { contextNameFor, endpointCandidates } from './endpoint.js';
import type { LoginRequest, LoginSession, Target } from './request.js';

/**
 * Finds out which server and which context are meant.
 * @throws RequestError `PMX_HOST_MISSING`, `PMX_CONTEXT_EXISTS`, `PMX_CONTEXT_NOT_FOUND`
 */
export async function findTarget(session: LoginSession, request: LoginRequest): Promise<Target> {
  const contexts = await session.contexts.list();
  const known = (name: string) => (Object.hasOwn(contexts, name) ? contexts[name] : undefined);
  const whole = (name: string) => session.contexts.get(name);
  let { host, name } = request;
  if (host === undefined && name !== undefined && known(name)) {
    const record = await whole(name);
    return { name, candidates: [record.endpoint], record, replaced: known(name)! };
  }
  if (host === undefined) {
    if (!session.prompt.possible) {
      throw new RequestError({
        code: 'PMX_HOST_MISSING',
        message:
          name === undefined
            ? 'Which server? There is no terminal to ask at.'
            : `There is no context '${name}', so its server has to be named.`,
        hints: [`pmx login ${name ?? 'NAME'} --host pve1.example.org …`],
      });
    }
    host = (await session.prompt.text('Host of the Proxmox VE server')).trim();
  }
  const candidates = endpointCandidates(host);
  name ??= contextNameFor(parseEndpoint(host));
  const replaced = known(name);
  const stored = replaced && (await whole(name));
  const record = stored && candidates.includes(stored.endpoint) ? stored : undefined;
  if (replaced && !record && !request.replace) {
    throw new RequestError({
      code: 'PMX_CONTEXT_EXISTS',
      message: `There is a context '${name}' already, for another server (${stored!.endpoint}).`,
      hints: [
        `Choose another name: pmx login NAME --host ${host}`,
        'Or add --replace to replace it.',
      ],
    });
  }
  return { name, candidates: record ? [record.endpoint] : candidates, record, replaced };
}
