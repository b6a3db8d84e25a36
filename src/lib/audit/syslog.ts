import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';

import { RequestError } from '@pmx-cli/kit/errors';

/** Facility 13 (log audit), severity 6: RFC 5424, 6.2.1. */
const priority = 13 * 8 + 6;

/**
 * A sender of audit entries to a syslog server, `udp://HOST[:PORT]`, as RFC 5424 over UDP (RFC 5426).
 * It does not wait and never fails a command: the file is the record, this is its copy.
 * @throws RequestError `PMX_SYSLOG` for another kind of target
 */
export function syslogSender(
  target: string,
  onError: (text: string) => void,
): (line: string) => void {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url?.protocol !== 'udp:' || url.hostname === '') {
    throw new RequestError({
      code: 'PMX_SYSLOG',
      message: `'${target}' is no syslog server: it takes udp://HOST or udp://HOST:PORT.`,
      hints: ['For example PMX_AUDIT_SYSLOG=udp://127.0.0.1:514'],
    });
  }
  const port = Number(url.port || 514);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return (line) => {
    const message = `<${priority}>1 ${new Date().toISOString()} ${hostname()} pmx ${process.pid} audit - ${line}`;
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      onError(`The syslog server ${target} cannot be reached: ${error.message}`);
      socket.close();
    });
    socket.send(message, port, host, (error) => {
      if (!error) socket.close();
    });
  };
}
