/** Dell's iDRAC 6 to 10 as HTTPS servers on this machine: certificates, clocks, logins and their quirks. */
import { randomInt } from 'node:crypto';
import { Device } from './device.js';
import { GENERATIONS } from './generations.js';
import { settingsOf } from './options.js';
import type { PersonaOptions, RunningPersona } from './options.js';
import { birthCertificate } from './scenario.js';
import { WebServer } from './server.js';

export type {
  CertificateKind,
  Generation,
  PersonaOptions,
  RunningPersona,
  ServedTls,
} from './options.js';

/** Dell leaves the vowels out. */
const TAG_LETTERS = 'BCDFGHJKLMNPQRSTVWXYZ0123456789';

/** Seven letters: PX, and five by chance. */
function makeServiceTag(): string {
  const letters = Array.from({ length: 5 }, () => TAG_LETTERS[randomInt(TAG_LETTERS.length)]);
  return `PX${letters.join('')}`;
}

/** Starts an iDRAC on 127.0.0.1. Throws, and leaves nothing running, when the port is taken. */
export async function startPersona(options: PersonaOptions): Promise<RunningPersona> {
  const settings = settingsOf(options);
  const serviceTag = makeServiceTag();
  const { generation, certificate } = settings;
  const birth = await birthCertificate(certificate, GENERATIONS[generation].factory, serviceTag);
  const device = new Device(settings, serviceTag, birth.material);
  const server = new WebServer(device, settings.restartMillis);
  let port: number;
  try {
    port = await server.listen(settings.port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new Error(`port ${settings.port} on 127.0.0.1 is already in use`, { cause: error });
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    generation,
    url: `https://127.0.0.1:${port}`,
    port,
    get fingerprint() {
      return device.vault.certificate.fingerprint256;
    },
    get authority() {
      const { certificate, served } = device.vault;
      return certificate.issuer === certificate.subject ? served.cert : birth.authority;
    },
    serviceTag,
    firmware: device.profile.firmware,
    get tls() {
      const { min, max } = device.tls;
      return { minVersion: min, maxVersion: max, sslv3: false as const };
    },
    get power() {
      return device.power;
    },
    get openSessions() {
      return device.gate.list().length;
    },
    get logins() {
      const { tries, blockedFor } = device.gate;
      return { ...tries, locked: blockedFor.call(device.gate, '127.0.0.1') > 0 };
    },
    get clockOffsetSeconds() {
      return Math.round((device.clock.now().getTime() - Date.now()) / 1000);
    },
    loseAnswer: (pathEnd, when) => void device.losing.push({ pathEnd, when }),
    close: () => (closing ??= server.close()),
  };
}

/** Starts several. When one fails, those that run are closed again. */
export async function startPersonas(
  list: PersonaOptions[],
): Promise<{ personas: RunningPersona[]; close(): Promise<void> }> {
  const results = await Promise.allSettled(list.map((options) => startPersona(options)));
  const personas = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  const close = async (): Promise<void> => {
    await Promise.all(personas.map((persona) => persona.close()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return { personas, close };
}
