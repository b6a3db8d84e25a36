import { isPmxError, normalizeError } from '@pmx-cli/kit/errors';

import type { PveClient } from '../api/types.js';
import type { AuditServer } from './log.js';
import type { Audit } from './open.js';

/**
 * A client whose every write is in the audit log before it is sent, and again when it was answered:
 * each time with the endpoint that it went to, which need not be the context's first.
 */
export function auditedClient(client: PveClient, log: Audit, endpoint: string): PveClient {
  const server = (): AuditServer => ({
    identity: client.user,
    endpoint: client.endpoint?.() ?? endpoint,
  });
  const audited = async <T>(
    method: string,
    path: string,
    parameters: readonly string[],
    send: () => Promise<T>,
  ): Promise<T> => {
    const sent = await log.append({ event: 'sent', method, path, parameters }, server());
    try {
      const answer = await send();
      const upid = typeof answer === 'string' && answer.startsWith('UPID:') ? answer : undefined;
      await log.append({ event: 'answered', sent, ...(upid && { upid }) }, server());
      return answer;
    } catch (thrown) {
      const { code, exitCode, message } = normalizeError(thrown);
      // Only an answer says that nothing happened.
      const event = isPmxError(thrown) && exitCode === 3 ? 'refused' : 'unanswered';
      await log.append({ event, sent, code, message }, server());
      throw thrown;
    }
  };
  const writes: Pick<PveClient, 'send' | 'upload'> = {
    send: (method, path, params, signal) =>
      audited(method, path, Object.keys(params ?? {}), () =>
        client.send(method, path, params, signal),
      ),
    upload: (request) => {
      const path = `/nodes/${request.node}/storage/${request.storage}/upload`;
      return audited('POST', path, ['content', 'filename'], () => client.upload(request));
    },
  };
  return new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(writes, name)) return writes[name as keyof typeof writes];
      const value: unknown = Reflect.get(target, name);
      // Private fields need the client itself as `this`.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
