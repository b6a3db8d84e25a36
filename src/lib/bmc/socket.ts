import { connect, isIP, type Socket } from 'node:net';

import type { BmcTarget, ProbeFailure } from './types.js';

/** A probe that ended early; what was seen until then counts. */
export class ProbeError extends Error {
  readonly stage: ProbeFailure['stage'];
  readonly code: string;

  constructor(stage: ProbeFailure['stage'], code: string, message: string) {
    super(message);
    this.stage = stage;
    this.code = code;
  }
}

const nameless = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);

function connectError(error: NodeJS.ErrnoException, { host, port }: BmcTarget): ProbeError {
  const code = error.code ?? 'ECONNFAILED';
  if (nameless.has(code)) return new ProbeError('resolve', code, `${host} does not resolve`);
  const texts: Record<string, string> = {
    ECONNREFUSED: `port ${port} is closed`,
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'no route to its network',
    ETIMEDOUT: 'no answer to the connection',
  };
  return new ProbeError('connect', code, texts[code] ?? error.message);
}

/** A TCP connection, or why there is none. */
export function openSocket(
  target: BmcTarget,
  millis: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new ProbeError('deadline', 'ABORTED', 'the run ended before its turn'));
      return;
    }
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const timer = setTimeout(
      () => fail(new ProbeError('connect', 'ETIMEDOUT', `no connection within ${millis / 1000} s`)),
      millis,
    );
    const abort = (): void =>
      fail(new ProbeError('deadline', 'ABORTED', 'the time for this host or the run is over'));
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: ProbeError): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket
      // Stays: a reset may still come when nobody waits for anything any more.
      .on('error', (error) => fail(connectError(error, target)))
      .once('connect', () => {
        settle();
        resolve(socket);
      });
  });
}

/** The name for SNI; addresses have none. */
export function serverName(host: string): string | undefined {
  return isIP(host) === 0 ? host : undefined;
}
