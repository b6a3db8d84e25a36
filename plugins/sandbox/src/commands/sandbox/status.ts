import { existsSync } from 'node:fs';

import { ShowCommand } from '@pmx-cli/kit';

import { contextFlag, dataFlag } from '../../control/flags.js';
import { locate, type Ready, runningSandbox } from '../../control/location.js';
import {
  askSandbox,
  faultsOnDisk,
  type RunningGuest,
  type SandboxReport,
} from '../../control/steering.js';
import type { FaultEntry } from '../../server/faults/book.js';
import { ruleText } from '../../server/faults/rule.js';

interface Status extends Omit<Partial<Ready>, 'engine'> {
  running: boolean;
  data: string;
  dataExists: boolean;
  engine?: 'sim' | 'qemu';
  diskTool?: 'qemu-img' | 'none';
  runningGuests?: RunningGuest[];
  context: string;
  faults: FaultEntry[];
  /** Bytes; these are only known while the sandbox can be asked. */
  memory?: number;
  openTasks?: string[];
  guests?: number;
  recording?: boolean;
}

const mebibyte = 2 ** 20;

export default class SandboxStatus extends ShowCommand<Status> {
  static override summary = 'Show whether the sandbox runs, where, and what goes wrong in it.';
  static override examples = ['<%= config.bin %> sandbox status'];
  static override flags = { context: contextFlag, data: dataFlag };

  protected override async show(): Promise<Status> {
    const { context, data } = this.flagsOf(SandboxStatus);
    const location = locate(this.session.paths.data, data);
    const running = runningSandbox(location);
    return {
      running: running !== undefined,
      ...running,
      data: location.dataDir,
      dataExists: existsSync(location.stateFile),
      context,
      faults: faultsOnDisk(location),
      ...(running && (await this.#ask(running, context))),
    };
  }

  /** The rest of the status is worth showing also when the sandbox does not answer, which may be a fault of it. */
  async #ask({ url }: Ready, context: string): Promise<Partial<Status>> {
    try {
      const { endpoint } = await this.session.contexts.get(context);
      if (endpoint !== url) return {};
      const { running, ...report } = await askSandbox<SandboxReport>(
        this.session,
        '/sandbox/status',
      );
      return { ...report, runningGuests: running };
    } catch (error) {
      this.session.log.debug(error instanceof Error ? error.message : String(error));
      return {};
    }
  }

  protected override view(status: Status): void {
    const { memory, openTasks, faults } = status;
    this.output.fields([
      ['Running', status.running ? 'yes' : 'no'],
      ['URL', status.url],
      ['Nodes', status.nodes],
      ['Guests', status.guests],
      ['Process', status.pid],
      ['Memory', memory === undefined ? undefined : `${Math.round(memory / mebibyte)} MiB`],
      ['Open tasks', openTasks?.length],
      ['Started', status.startedAt],
      ['Fingerprint', status.fingerprint],
      ['Engine', engineText(status)],
      ['Disks', diskText(status)],
      ['Guests running', guestText(status)],
      ['iDRACs', status.idrac?.map(({ generation, url }) => `${generation}: ${url}`).join('\n')],
      ['Recording', status.recording ? 'yes' : undefined],
      ['Faults', faultsText(faults)],
      ['Context', status.context],
      ['Data', dataText(status)],
    ]);
  }
}

function engineText({ engine, accel }: Status): string | undefined {
  return accel === undefined ? engine : `${engine} (${accel === 'kvm' ? 'KVM' : 'TCG, no KVM'})`;
}

function diskText({ diskTool }: Status): string | undefined {
  if (diskTool === undefined || diskTool === 'qemu-img') return diskTool;
  return 'header-only: qemu-img is not installed (Debian package qemu-utils)';
}

function guestText({ runningGuests = [] }: Status): string | undefined {
  const texts = runningGuests.map(
    ({ vmid, name, cpu, memory }) =>
      `${vmid} ${name}: ${Math.round(memory / mebibyte)} MiB, ${Math.round(cpu * 100)} % CPU`,
  );
  return texts.length > 0 ? texts.join('\n') : undefined;
}

function faultsText(faults: readonly FaultEntry[]): string {
  return faults.length === 0
    ? 'none'
    : faults.map((rule) => `${rule.id}: ${ruleText(rule)}`).join('; ');
}

function dataText({ dataExists, data }: Status): string {
  return dataExists ? data : `${data} (empty)`;
}
