import type { GuestPlace } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import type { PveClient } from '../../../api/index.js';
import { queryAgent } from '../../reach/agent-read.js';
import type { ClockState, TimeService } from '../../time/record.js';
import { type Ended, runProgram } from './guest-agent.js';
import {
  probe,
  rtcMillis,
  sections,
  servicesOf,
  windowsProbe,
  windowsServices,
} from './guest-clock-answers.js';
import type { StepContext } from './handler.js';

const secondMillis = 1000;
/** What the agent says on Windows, which names no program, and what pmx makes of it elsewhere. */
const noProgram = /^PMX_GUEST_PROGRAM_NOT_FOUND\b|Failed to execute child process/;

/** The clock of one running guest, through its agent. */
export class GuestClock {
  readonly #pve: PveClient;
  readonly #place: GuestPlace;
  readonly #context: Pick<StepContext, 'sleep' | 'signal'>;

  constructor(pve: PveClient, place: GuestPlace, context: Pick<StepContext, 'sleep' | 'signal'>) {
    this.#pve = pve;
    this.#place = { node: place.node, vmid: place.vmid };
    this.#context = context;
  }

  /** Milliseconds that the guest is ahead; of three tries that with the quickest answer counts. */
  async offset(tries = 3): Promise<number> {
    let best = { round: Infinity, offset: 0 };
    for (let index = 0; index < tries; index++) {
      const before = performance.now();
      const sent = Date.now();
      const nanos = await queryAgent<number>(this.#pve, this.#place, 'get-time');
      const round = performance.now() - before;
      if (round < best.round) best = { round, offset: Number(nanos) / 1e6 - (sent + round / 2) };
    }
    return Math.round(best.offset);
  }

  async read(): Promise<ClockState> {
    const { id } = await queryAgent<{ id?: string }>(this.#pve, this.#place, 'get-osinfo');
    return id === 'mswindows' ? this.#readWindows() : this.#readPosix();
  }

  /** Those that run, among all that pmx knows. */
  async running(system: ClockState['system']): Promise<string[]> {
    const services =
      system === 'windows'
        ? windowsServices(sections((await this.#powershell(windowsProbe)).stdout.toString()))
        : servicesOf(sections((await this.#run(['sh', '-c', probe])).stdout.toString()));
    return services.filter(({ active }) => active).map(({ name }) => name);
  }

  async #readPosix(): Promise<ClockState> {
    const { stdout } = await this.#run(['sh', '-c', probe]);
    const told = sections(stdout.toString());
    const rtc = rtcMillis(told['rtc'] ?? '');
    const now = Date.now();
    return {
      system: 'posix',
      offset: await this.offset(),
      zone: (told['zone'] ?? '').trim(),
      rtcOffset: rtc === undefined ? null : rtc - now,
      services: servicesOf(told),
    };
  }

  async #readWindows(): Promise<ClockState> {
    const { stdout } = await this.#powershell(windowsProbe);
    const told = sections(stdout.toString());
    return {
      system: 'windows',
      offset: await this.offset(),
      zone: (told['zone'] ?? '').trim(),
      rtcOffset: null,
      services: windowsServices(told),
    };
  }

  /**
   * Sets it so that it is `offset` ahead of this machine. `date` takes whole seconds everywhere, so
   * it is told when this machine comes to the fraction that makes them right.
   *
   * @param lead milliseconds that pass until the guest has done it
   */
  async set(system: ClockState['system'], offset: number, lead: number): Promise<void> {
    const reached = Date.now() + offset + lead;
    const seconds = Math.ceil(reached / secondMillis);
    await this.#context.sleep(Math.max(1, seconds * secondMillis - reached), this.#context.signal);
    if (system === 'windows')
      await this.#powershell(
        `Set-Date -Date ([DateTimeOffset]::FromUnixTimeSeconds(${seconds}).LocalDateTime)`,
      );
    else await this.#must(['date', '-u', '-s', `@${seconds}`]);
  }

  /** The hardware clock takes over what the system has. */
  async writeRtc(): Promise<void> {
    await this.#must(['hwclock', '-w']);
  }

  async stop(service: TimeService, alsoAtBoot: boolean): Promise<void> {
    const { name } = service;
    if (service.manager === 'windows') {
      // With a trigger it comes back with the network, or with the next boot.
      if (alsoAtBoot) await this.#powershell(`Set-Service ${name} -StartupType Disabled`);
      await this.#powershell(`Stop-Service -Force ${name}`);
    } else if (service.manager === 'systemd')
      await this.#must(['systemctl', ...(alsoAtBoot ? ['disable', '--now'] : ['stop']), name]);
    else await this.#must([program(service), name, 'stop']);
  }

  /** As it was: also what the next boot does with it, where that was changed. */
  async bringBack(
    { active, enabled, ...service }: TimeService,
    alsoAtBoot: boolean,
  ): Promise<void> {
    const { name, manager, startup } = service;
    if (manager === 'windows' && alsoAtBoot && startup !== undefined)
      await this.#powershell(`Set-Service ${name} -StartupType ${startup}`);
    if (manager === 'windows' && active) await this.#powershell(`Start-Service ${name}`);
    if (manager === 'systemd') {
      if (alsoAtBoot && enabled) await this.#must(['systemctl', 'enable', name]);
      if (active) await this.#must(['systemctl', 'start', name]);
    } else if (manager !== 'windows' && active)
      await this.#must([program({ ...service, active, enabled }), name, 'start']);
  }

  async #must(command: readonly string[]): Promise<Ended> {
    const ended = await this.#run(command);
    if (ended.exitCode === 0) return ended;
    const said = `${ended.stderr.toString()}${ended.stdout.toString()}`.trim();
    throw new ProxmoxError({
      code: 'PMX_GUEST_CLOCK_REFUSED',
      message: `'${command.join(' ')}' in VM ${this.#place.vmid} ended with ${ended.exitCode}${said === '' ? '' : `: ${said.split('\n')[0]!}`}.`,
      hints: [`Try it in the guest: pmx vm exec ${this.#place.vmid} -- ${command.join(' ')}`],
    });
  }

  async #powershell(script: string): Promise<Ended> {
    const words = ['-NoProfile', '-NonInteractive', '-Command'];
    try {
      return await this.#must([
        'powershell.exe',
        ...words,
        `$ErrorActionPreference='Stop'; ${script}`,
      ]);
    } catch (error) {
      if (!isPmxError(error) || !noProgram.test(`${error.code} ${error.message}`)) throw error;
      throw new ProxmoxError({
        code: 'PMX_GUEST_PROGRAM_NOT_FOUND',
        message: `VM ${this.#place.vmid} runs Windows and has no PowerShell, through which its clock would be set.`,
        hints: [
          'Install Windows PowerShell in the guest, or let the guest agent find it (PATH).',
          `Without it, by the hardware clock and a cold start: pmx time shift ${this.#place.vmid} --mode rtc --to DATE`,
        ],
        cause: error,
      });
    }
  }

  #run(command: readonly string[]): Promise<Ended> {
    return runProgram(this.#pve, this.#place, command, this.#context);
  }
}

function program({ manager }: TimeService): string {
  return manager === 'rc' ? 'rc-service' : 'service';
}
