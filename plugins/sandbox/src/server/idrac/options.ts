import { GENERATIONS } from './generations.js';
import type { Generation, TlsVersion } from './generations.js';

export type { Generation } from './generations.js';

/** What the persona serves at birth. Left out: the certificate that Dell ships with the generation. */
export type CertificateKind =
  | 'healthy'
  | 'expired'
  | 'not-yet-valid'
  | 'weak-sha1'
  | 'weak-1024'
  | 'wrong-name'
  | 'self-signed-expired';

export interface PersonaOptions {
  generation: Generation;
  /** 0 or nothing: any free port. */
  port?: number;
  certificate?: CertificateKind;
  /** How far the iDRAC's clock is ahead of this machine's; negative: behind. */
  clockOffsetSeconds?: number;
  /** Of the one user, `root`. */
  password: string;
  /** Wrong logins until the client's address is blocked; 0: never. Left out: as the generation does. */
  lockoutAfter?: number;
  /** How long a block lasts. Left out: as the generation does. */
  lockoutSeconds?: number;
  /** Sessions that may be open at the same time. */
  sessionLimit?: number;
  /** Firmware that stopped at this version of TLS. Left out: as the generation does. */
  newestTls?: TlsVersion;
  /** Name of the server's operating system, as Dell's agent in it tells the iDRAC. */
  hostName?: string;
  /** How long a restart of the iDRAC takes; minutes on real ones. */
  restartMillis?: number;
}

/** What TLS of the generation could be served here. */
export interface ServedTls {
  minVersion: TlsVersion;
  maxVersion: TlsVersion;
  /** Old firmware also spoke SSLv3; OpenSSL 3 as built into Node has no SSLv3, so no persona does. */
  sslv3: false;
}

export interface RunningPersona {
  generation: string;
  url: string;
  port: number;
  /** SHA-256 of the certificate that is served at this moment, AA:BB:… */
  readonly fingerprint: string;
  /** PEM of what a client has to trust: a self-signed certificate itself, else the lab's authority. */
  readonly authority: string;
  serviceTag: string;
  firmware: string;
  readonly tls: ServedTls;
  /** Of the server that it belongs to. */
  readonly power: 'On' | 'Off';
  readonly openSessions: number;
  /** Logins with the right and with a wrong password, and who is locked out at this moment. */
  readonly logins: { right: number; wrong: number; locked: boolean };
  /** How far its clock is ahead, in seconds. */
  readonly clockOffsetSeconds: number;
  /**
   * The next request to a path that ends so gets no answer: the connection breaks, after it was
   * carried out or before.
   */
  loseAnswer(pathEnd: string, when: 'before' | 'after'): void;
  close(): Promise<void>;
}

const DEFAULT_RESTART_MILLIS = 250;
/** MaxNumberOfSessions in the public dump of an iDRAC9 5.10. */
const DEFAULT_SESSIONS = 8;

export type Settings = Required<
  Omit<PersonaOptions, 'certificate' | 'lockoutSeconds' | 'newestTls'>
> & {
  newestTls: TlsVersion | undefined;
  certificate: CertificateKind | undefined;
  lockoutSeconds: number | undefined;
};

/** Fills in what was left out. Throws when a value makes no sense. */
export function settingsOf(options: PersonaOptions): Settings {
  if (!Object.hasOwn(GENERATIONS, options.generation))
    throw new Error(
      `unknown iDRAC generation '${String(options.generation)}': use one of ${Object.keys(GENERATIONS).join(', ')}`,
    );
  if (options.password === '') throw new Error('an iDRAC persona needs a password');
  const whole = (name: string, value: number, max: number): number => {
    if (!Number.isInteger(value) || value < 0 || value > max)
      throw new Error(`${name} must be a whole number from 0 to ${max}, not ${value}`);
    return value;
  };
  const clockOffsetSeconds = options.clockOffsetSeconds ?? 0;
  if (!Number.isFinite(clockOffsetSeconds))
    throw new Error(`clockOffsetSeconds must be a number, not ${clockOffsetSeconds}`);
  const { lockoutSeconds } = options;
  return {
    generation: options.generation,
    port: whole('port', options.port ?? 0, 65_535),
    certificate: options.certificate,
    clockOffsetSeconds,
    password: options.password,
    lockoutAfter: whole(
      'lockoutAfter',
      options.lockoutAfter ?? GENERATIONS[options.generation].lockout.failures,
      1000,
    ),
    lockoutSeconds:
      lockoutSeconds === undefined ? undefined : whole('lockoutSeconds', lockoutSeconds, 86_400),
    hostName: options.hostName ?? '',
    newestTls: options.newestTls,
    sessionLimit: whole('sessionLimit', options.sessionLimit ?? DEFAULT_SESSIONS, 1000),
    restartMillis: whole('restartMillis', options.restartMillis ?? DEFAULT_RESTART_MILLIS, 600_000),
  };
}
