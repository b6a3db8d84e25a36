import { hostname, userInfo } from 'node:os';

import { normalizeError } from '@pmx-cli/kit/errors';

import type { AuditEvent } from './entry.js';
import { AuditLog, type AuditServer } from './log.js';
import { syslogSender } from './syslog.js';

/** Never fails: what cannot be recorded is warned about, once, and done all the same. */
export interface Audit {
  append(what: AuditEvent, server?: AuditServer): Promise<number>;
}

export interface AuditOptions {
  directory: string;
  command: string;
  requestId: string;
  redact<T>(value: T): T;
  warn(text: string): void;
  /** False: nothing is kept. */
  enabled: boolean;
  /** `udp://HOST[:PORT]` or `tcp://HOST[:PORT]` for a copy. */
  syslog?: string | undefined;
  env?: NodeJS.ProcessEnv;
}

/** @throws RequestError `PMX_SYSLOG` */
export function openAudit(options: AuditOptions): Audit {
  const { directory, command, requestId, redact, env = process.env } = options;
  if (!options.enabled) return { append: async () => 0 };
  let warned = false;
  const warn = (text: string): void => {
    if (!warned) options.warn(text);
    warned = true;
  };
  const log = new AuditLog({
    directory,
    redact,
    actor: { user: userName(env), host: hostname(), pid: process.pid, request: requestId, command },
    ...(options.syslog && { forward: syslogSender(options.syslog, warn) }),
  });
  return {
    append: (what, server) =>
      log.append(what, server).catch((error: unknown) => {
        warn(`The audit log in ${directory} is not written: ${normalizeError(error).message}`);
        return 0;
      }),
  };
}

/** Who is behind sudo, too; ids without a name have none to give. */
function userName(env: NodeJS.ProcessEnv): string {
  try {
    const { username } = userInfo();
    return env['SUDO_USER'] ? `${username} (sudo by ${env['SUDO_USER']})` : username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
