import type { QueryParams } from '@pmx-cli/kit';

import type { WriteMethod, WriteParams } from '#dist/lib/api/types.js';
import { apiError } from '../engine/fake-pve.ts';
import { FakeGuest } from './fake-guest.ts';

/** A running guest with a clock and an agent, which may go away. */
export class FakeClockGuest extends FakeGuest {
  /** Milliseconds that it is ahead of this machine. */
  ahead = 0;
  os = 'debian';
  config: Record<string, unknown> = {};
  /** Calls that the agent lets pass before it is back; Infinity: it does not come back. */
  silent = 0;

  override async get<T>(path: string, params: QueryParams = {}): Promise<T> {
    if (path.endsWith('/config')) return this.config as T;
    this.#refuseWhileSilent();
    if (path.endsWith('/get-osinfo')) return { result: { id: this.os } } as T;
    if (path.endsWith('/get-time')) return { result: (Date.now() + this.ahead) * 1e6 } as T;
    return super.get<T>(path, params);
  }

  override async send<T>(method: WriteMethod, path: string, params: WriteParams = {}): Promise<T> {
    this.#refuseWhileSilent();
    return super.send<T>(method, path, params);
  }

  #refuseWhileSilent(): void {
    if (this.silent <= 0) return;
    this.silent -= 1;
    throw apiError('QEMU guest agent is not running');
  }
}

/** Windows answers in its own way: CRLF, and PowerShell for everything. */
export class FakeWindowsGuest extends FakeClockGuest {
  service = { status: 'Running', startup: 'Auto', there: true };
  readonly scripts: string[] = [];

  constructor() {
    super();
    this.os = 'mswindows';
    this.programs.set('powershell.exe', (words) => this.#run(words.at(-1)!));
  }

  #run(script: string): { exitcode: number; out?: Buffer; err?: string } {
    this.scripts.push(script.replace("$ErrorActionPreference='Stop'; ", ''));
    const { there } = this.service;
    const [, seconds] = /FromUnixTimeSeconds\((\d+)\)/.exec(script) ?? [];
    if (seconds !== undefined) this.ahead = Number(seconds) * 1000 - Date.now();
    if (script.includes('Stop-Service')) this.service.status = 'Stopped';
    if (script.includes('Start-Service')) this.service.status = 'Running';
    const [, startup] = /-StartupType (\w+)/.exec(script) ?? [];
    if (startup !== undefined) this.service.startup = startup === 'Automatic' ? 'Auto' : startup;
    if (!script.includes('[zone]')) return { exitcode: 0 };
    const lines = [
      ...['[zone]', 'W. Europe Standard Time'],
      ...['[service]', ...(there ? [this.service.status] : [])],
      ...['[startup]', ...(there ? [this.service.startup] : [])],
    ];
    return { exitcode: 0, out: Buffer.from(`${lines.join('\r\n')}\r\n`) };
  }
}
