import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';

import { RequestError } from '@pmx-cli/kit/errors';

/** Facility 13 (log audit), severity 6: RFC 5424, 6.2.1. */
const priority = 13 * 8 + 6;
/** How long a server may keep the end of a command waiting; milliseconds. */
const patience = 3000;

type Send = (message: string) => void;

/**
 * A sender of audit entries to a syslog server, `udp://HOST[:PORT]` or `tcp://HOST[:PORT]`, as RFC
 * 5424. It does not wait and never fails a command: the file is the record, this is its copy.
 * @throws RequestError `PMX_SYSLOG` for another kind of target
 */
export function syslogSender(
  target: string,
  onError: (text: string) => void,
): (line: string) => void {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (!url || !/^(?:udp|tcp):$/.test(url.protocol) || url.hostname === '') {
    throw new RequestError({
      code: 'PMX_SYSLOG',
      message: `'${target}' is no syslog server: it takes udp://HOST[:PORT] or tcp://HOST[:PORT].`,
      hints: ['For example PMX_AUDIT_SYSLOG=udp://127.0.0.1:514'],
    });
  }
  const port = Number(url.port || 514);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const failed = (reason: string): void =>
    onError(`The syslog server ${target} cannot be reached: ${reason}`);
  const send = url.protocol === 'udp:' ? overUdp(host, port, failed) : overTcp(host, port, failed);
  return (line) =>
    send(
      `<${priority}>1 ${new Date().toISOString()} ${hostname()} pmx ${process.pid} audit - ${line}`,
    );
}

/** One datagram a message: RFC 5426. */
function overUdp(host: string, port: number, failed: (reason: string) => void): Send {
  return (message) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      failed(error.message);
      socket.close();
    });
    socket.send(message, port, host, (error) => {
      if (!error) socket.close();
    });
  };
}

/**
 * One connection for all messages of this run, with octet counting (RFC 6587, 3.4.1), so that they
 * arrive in order. It keeps the process alive only while something is still to be handed over.
 */
function overTcp(host: string, port: number, failed: (reason: string) => void): Send {
  let socket: Socket | undefined;
  let waiting = 0;
  const open = (): Socket => {
    const opened = connect({ host, port });
    const timer = setTimeout(() => opened.destroy(new Error('it does not answer')), patience);
    opened.once('connect', () => clearTimeout(timer));
    opened.on('error', (error) => failed(error.message));
    opened.once('close', () => {
      clearTimeout(timer);
      if (socket !== opened) return;
      socket = undefined;
      waiting = 0;
    });
    // A server that answers is none of our business, but its end has to be seen.
    opened.resume();
    return opened;
  };
  return (message) => {
    const current = (socket ??= open());
    waiting++;
    current.ref();
    current.write(`${Buffer.byteLength(message)} ${message}`, () => {
      if (socket === current && --waiting === 0) current.unref();
    });
  };
}
