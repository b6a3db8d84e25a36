import { isZone } from './clock.js';
import type { Device } from './device.js';

type Value = string | number;

interface Attribute {
  get(): Value;
  /** Left out: read-only. */
  write?: { fits(value: string): boolean; set(value: string): void };
}

export type Change = 'ok' | 'unknown' | 'read-only' | 'bad-value';

/** One part of a name as X509Certificate writes it, a line for each. */
function part(name: string, key: string): string {
  const line = name.split('\n').find((entry) => entry.startsWith(`${key}=`));
  return line?.slice(key.length + 1) ?? '';
}

/** The iDRAC attributes (DellAttributes) that this sandbox gives a meaning to. */
export class Attributes {
  private readonly table: ReadonlyMap<string, Attribute>;
  private readonly device: Device;

  constructor(device: Device) {
    this.device = device;
    this.table = new Map(device.profile.redfish?.services ? this.all() : []);
  }

  /** Value as text; empty where the firmware has no such attribute. */
  text(name: string): string {
    return String(this.table.get(name)?.get() ?? '');
  }

  list(): Record<string, Value> {
    return Object.fromEntries([...this.table].map(([name, attribute]) => [name, attribute.get()]));
  }

  /** What would come of setting it? Nothing is changed. */
  check(name: string, value: string): Change {
    const attribute = this.table.get(name);
    if (!attribute) return 'unknown';
    if (!attribute.write) return 'read-only';
    return attribute.write.fits(value) ? 'ok' : 'bad-value';
  }

  set(name: string, value: string): void {
    this.table.get(name)?.write?.set(value);
  }

  private all(): [string, Attribute][] {
    const { device } = this;
    const fixed = (value: Value): Attribute => ({ get: () => value });
    const writable = (
      initial: string,
      fits: (value: string) => boolean,
      then: (value: string) => void,
    ): Attribute => {
      let current = initial;
      return {
        get: () => current,
        write: {
          fits,
          set: (value) => {
            current = value;
            then(value);
          },
        },
      };
    };
    const nothing = (): void => undefined;
    const choice = (
      initial: string,
      allowed: readonly string[],
      then: (value: string) => void = nothing,
    ): Attribute => writable(initial, (value) => allowed.includes(value), then);
    const free = (then: () => void = nothing): Attribute => writable('', () => true, then);
    const switches = ['Disabled', 'Enabled'];
    const ntp = (): void => {
      device.clock.disciplined =
        this.text('NTPConfigGroup.1.NTPEnable') === 'Enabled' &&
        [1, 2, 3].some((number) => this.text(`NTPConfigGroup.1.NTP${number}`) !== '');
    };
    const services = device.profile.redfish?.services;
    const { rules } = device.gate;
    const fact = (read: () => Value): Attribute => ({ get: read });
    const subject = (key: string) => fact(() => part(device.vault.certificate.subject, key));
    const issuer = (key: string) => fact(() => part(device.vault.certificate.issuer, key));
    return [
      ['IPBlocking.1.BlockEnable', fact(() => (rules.failures > 0 ? 'Enabled' : 'Disabled'))],
      ['IPBlocking.1.FailCount', fact(() => rules.failures)],
      ['IPBlocking.1.FailWindow', fact(() => rules.windowSeconds)],
      ['IPBlocking.1.PenaltyTime', fact(() => rules.blockSeconds[0] ?? 0)],
      ['Lockdown.1.SystemLockdown', fixed('Disabled')],
      ['NIC.1.DNSRacName', fact(() => device.name)],
      ['NTPConfigGroup.1.NTP1', free(ntp)],
      ['NTPConfigGroup.1.NTP2', free(ntp)],
      ['NTPConfigGroup.1.NTP3', free(ntp)],
      ['NTPConfigGroup.1.NTPEnable', choice('Disabled', switches, ntp)],
      // In OpenSSL's style, unlike the Redfish resource [facts §12]; so does X509Certificate.
      ['SecurityCertificate.1.CertValidFrom', fact(() => device.vault.certificate.validFrom)],
      ['SecurityCertificate.1.CertValidTo', fact(() => device.vault.certificate.validTo)],
      ['SecurityCertificate.1.IssuerCommonName', issuer('CN')],
      ['SecurityCertificate.1.IssuerOrganization', issuer('O')],
      ['SecurityCertificate.1.SerialNumber', fact(() => device.vault.certificate.serialNumber)],
      ['SecurityCertificate.1.SubjectCommonName', subject('CN')],
      ['SecurityCertificate.1.SubjectOrganization', subject('O')],
      [
        'Time.1.Timezone',
        writable(device.clock.zone, isZone, (value) => {
          device.clock.zone = value;
        }),
      ],
      [
        'WebServer.1.HostHeaderCheck',
        choice(device.profile.hostHeaderCheck ? 'Enabled' : 'Disabled', switches),
      ],
      ['WebServer.1.ManualDNSEntry', free()],
      ['WebServer.1.MaxNumberOfSessions', fact(() => device.gate.sessionLimit)],
      [
        'WebServer.1.TLSProtocol',
        choice(services?.tlsProtocol ?? '', services?.tlsProtocols ?? [], () => {
          device.restart = 'web-server';
        }),
      ],
    ];
  }
}
