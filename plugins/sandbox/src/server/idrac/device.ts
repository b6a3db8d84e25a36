import { isIP } from 'node:net';
import { Attributes } from './attributes.js';
import { Clock } from './clock.js';
import { Gate } from './gate.js';
import { GENERATIONS } from './generations.js';
import type { Profile, TlsVersion } from './generations.js';
import type { Settings } from './options.js';
import type { Material } from './scenario.js';
import { Vault } from './vault.js';

/** ResetType → power afterwards; nothing: it stays on, or the host decides. */
const POWER_AFTER: Readonly<Record<string, 'On' | 'Off'>> = {
  On: 'On',
  ForceOff: 'Off',
  GracefulShutdown: 'Off',
};

const TLS_PROTOCOLS: Readonly<Record<string, readonly [TlsVersion, TlsVersion]>> = {
  'TLS 1.0 and Higher': ['TLSv1', 'TLSv1.2'],
  'TLS 1.1 and Higher': ['TLSv1.1', 'TLSv1.3'],
  'TLS 1.2 Only': ['TLSv1.2', 'TLSv1.2'],
  'TLS 1.2 and Higher': ['TLSv1.2', 'TLSv1.3'],
  'TLS 1.3 Only': ['TLSv1.3', 'TLSv1.3'],
};

/** All that an iDRAC remembers. */
export class Device {
  readonly profile: Profile;
  readonly serviceTag: string;
  readonly hostName: string;
  private readonly newestTls: TlsVersion | undefined;
  readonly mac: string;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly vault: Vault;
  readonly attributes: Attributes;
  power: 'On' | 'Off' = 'On';
  /** What happens once the answer has left. */
  restart: 'none' | 'web-server' | 'idrac' = 'none';
  /** Whose answers get lost. */
  readonly losing: Array<{ pathEnd: string; when: 'before' | 'after' }> = [];

  constructor(settings: Settings, serviceTag: string, served: Material) {
    const profile = GENERATIONS[settings.generation];
    this.profile = profile;
    this.serviceTag = serviceTag;
    this.hostName = settings.hostName;
    this.newestTls = settings.newestTls;
    // 02: an address that nobody was given.
    this.mac = `02:${Buffer.from(serviceTag.slice(-5)).toString('hex').match(/../g)?.join(':')}`;
    this.clock = new Clock(settings.clockOffsetSeconds);
    this.gate = new Gate(
      settings.password,
      {
        ...profile.lockout,
        failures: settings.lockoutAfter,
        ...(settings.lockoutSeconds === undefined
          ? {}
          : { blockSeconds: [settings.lockoutSeconds] }),
      },
      settings.sessionLimit,
    );
    this.vault = new Vault(served, profile.factory);
    this.attributes = new Attributes(this);
  }

  /** Name of the iDRAC itself, DNSRacName. */
  get name(): string {
    return `idrac-${this.serviceTag}`;
  }

  /** The versions that the web server offers, by attribute where the firmware has one. */
  get tls(): { min: TlsVersion; max: TlsVersion } {
    const { min, max } = this.profile.tls;
    const { newestTls } = this;
    if (newestTls) return { min: newestTls < min ? newestTls : min, max: newestTls };
    const chosen = TLS_PROTOCOLS[this.attributes.text('WebServer.1.TLSProtocol')];
    if (!chosen) return { min, max };
    // Firmware that knows no TLS 1.3 does not learn it by an attribute.
    return { min: chosen[0], max: chosen[1] < max ? chosen[1] : max };
  }

  /** Makes a waiting certificate the served one: at once, or with the next restart. */
  certificateChanged(needsRestart: boolean): void {
    if (needsRestart) return;
    this.vault.activate();
    this.restart = 'web-server';
  }

  /** Switches the host; `false` when there is no such reset here. */
  switchPower(type: string): boolean {
    if (!this.profile.resetTypes.includes(type)) return false;
    if (type === 'PushPowerButton') this.power = this.power === 'On' ? 'Off' : 'On';
    else this.power = POWER_AFTER[type] ?? this.power;
    return true;
  }

  /** Would this Host header be let in [facts §2, "Host-header check"]? */
  knowsHost(header: string | undefined): boolean {
    if (!this.profile.hostHeaderCheck) return true;
    if (this.attributes.text('WebServer.1.HostHeaderCheck') === 'Disabled') return true;
    const host = (header ?? '')
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase();
    const names = this.attributes.text('WebServer.1.ManualDNSEntry').split(',');
    return (
      isIP(host) !== 0 ||
      [this.name, ...names].some((name) => name.trim() !== '' && name.trim().toLowerCase() === host)
    );
  }

  /** What a restart of the iDRAC does to memory. */
  restarted(): void {
    this.vault.activate();
    this.gate.closeAll();
  }
}
