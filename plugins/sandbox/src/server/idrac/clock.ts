/** The iDRAC's own clock: it runs, may be wrong, and knows a time zone. */
export class Clock {
  private offsetMillis: number;
  /** Name of an IANA time zone. */
  zone = 'UTC';
  /**
   * NTP on with a server: the clock is right. A real iDRAC needs a while and a reachable server;
   * the sandbox asks nobody.
   */
  disciplined = false;

  constructor(offsetSeconds: number) {
    this.offsetMillis = offsetSeconds * 1000;
  }

  now(): Date {
    return new Date(Date.now() + (this.disciplined ? 0 : this.offsetMillis));
  }

  set(date: Date): void {
    this.offsetMillis = date.getTime() - Date.now();
  }

  /** `-05:00` and the like, for the zone at this moment. */
  offset(): string {
    const parts = new Intl.DateTimeFormat('en', {
      timeZone: this.zone,
      timeZoneName: 'longOffset',
    }).formatToParts(this.now());
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    return name === 'GMT' ? '+00:00' : name.slice('GMT'.length);
  }

  /** Local time as Redfish writes it, `2022-10-26T15:21:38-05:00`. */
  iso(): string {
    const offset = this.offset();
    const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
    const shift = (hours * 60 + minutes) * 60_000 * (offset.startsWith('-') ? -1 : 1);
    return `${new Date(this.now().getTime() + shift).toISOString().slice(0, 19)}${offset}`;
  }
}

/** Reads `2026-11-20T10:00:00+00:00`; nothing when it is not such a moment. */
export function parseMoment(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Is this a time zone that the clock could take? */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
