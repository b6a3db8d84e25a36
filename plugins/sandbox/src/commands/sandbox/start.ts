import { ChangeCommand, Flags, parseDiskSize, type Plan } from '@pmx-cli/kit';

import { dataFlag } from '../../control/flags.js';
import { type IdracRequest, parseIdracs } from '../../control/idrac-input.js';
import { locate, type RunningIdrac } from '../../control/location.js';
import { planStart, planStop } from '../../control/plans.js';
import { parseSeed, parseSpeed } from '../../control/tuning-input.js';

interface StartResult {
  url: string;
  context: string;
  current: boolean;
  data: string;
  engine: 'sim' | 'qemu';
  idrac: RunningIdrac[];
}

const tuning = 'BEHAVIOUR';
const mebibyte = 2 ** 20;

export default class SandboxStart extends ChangeCommand<StartResult> {
  static override summary =
    'Start a Proxmox VE API on this machine, to try pmx and to test against.';
  static override description = `Listens on 127.0.0.1 only and keeps its guests, storages and tasks on disk. Stores the context "sandbox",
and makes it the current one if there is none. Stays in the foreground until Ctrl-C, unless --detach is given.`;
  static override examples = [
    '<%= config.bin %> sandbox start --detach',
    '<%= config.bin %> sandbox start --nodes 3 --port 8006',
    '<%= config.bin %> sandbox start --detach --engine qemu --memory-limit 4G',
    '<%= config.bin %> sandbox start --detach --idrac 8:expired,9',
    '<%= config.bin %> sandbox start --detach --nodes 3 --guests 1000 --seed demo --speed 10x',
  ];
  static override flags = {
    detach: Flags.boolean({ char: 'd', description: 'Run in the background.' }),
    port: Flags.integer({
      description: 'Port to listen on; any free one when left out.',
      default: 0,
      min: 0,
      max: 65_535,
    }),
    nodes: Flags.integer({
      description: 'Number of nodes (pve1, pve2 …).',
      default: 1,
      min: 1,
      max: 32,
    }),
    guests: Flags.integer({
      description:
        'Begin with this many pretended guests, spread over the nodes; they have no disks.',
      min: 0,
      max: 50_000,
    }),
    data: dataFlag,
    idrac: Flags.custom<IdracRequest[]>({
      description: 'Dell iDRACs to serve beside it, each with the state of its certificate.',
      helpValue: '8,9-old:expired,…',
      parse: async (value) => parseIdracs(value),
    })(),
    seed: Flags.custom<string>({
      description: 'Addresses, UUIDs and chances come from this text: same calls, same answers.',
      helpGroup: tuning,
      helpValue: 'TEXT',
      parse: async (value) => parseSeed(value),
    })(),
    speed: Flags.custom<number>({
      description: 'How fast tasks and boots are: 1x is an ordinary server, 0 as fast as it goes.',
      helpGroup: tuning,
      helpValue: '0|1x|10x|…',
      parse: async (value) => parseSpeed(value),
    })(),
    'latency-millis': Flags.integer({
      description: 'How much longer each request takes, in milliseconds.',
      helpGroup: tuning,
      min: 0,
      max: 60_000,
    }),
    engine: Flags.option({
      description:
        'How guests run: pretended (sim), booted by QEMU (qemu), or by QEMU where it is installed (auto).',
      options: ['sim', 'qemu', 'auto'] as const,
      default: 'sim',
    })(),
    'memory-limit': Flags.custom<number>({
      description:
        'Engine qemu: memory of all running guests together; half of the machine by default.',
      helpValue: 'SIZE',
      parse: async (value) => parseDiskSize(value).bytes,
    })(),
    'cpu-limit': Flags.integer({
      description: "Engine qemu: CPUs that one guest gets at most; the machine's own by default.",
      min: 1,
    }),
    'open-network': Flags.boolean({
      description:
        'Engine qemu: guests reach this machine as 10.0.2.2, and what it reaches; otherwise nothing.',
    }),
    'task-millis': Flags.integer({
      description: 'How long every task takes at least, in milliseconds; wins over --speed.',
      helpGroup: tuning,
      min: 0,
    }),
    'agent-delay-millis': Flags.integer({
      description: "How long after its start a guest's agent answers, in milliseconds.",
      helpGroup: tuning,
      min: 0,
    }),
    'stale-millis': Flags.integer({
      description: 'How long cluster/resources lags behind a change, in milliseconds.',
      helpGroup: tuning,
      min: 0,
    }),
    'lock-timeout-millis': Flags.integer({
      description: "How long a call waits for a busy guest's lock, in milliseconds.",
      helpGroup: tuning,
      min: 0,
    }),
    'allow-host': Flags.string({
      description: 'Host that downloads may come from, beside this machine; can be given again.',
      helpGroup: tuning,
      helpValue: 'HOST',
      multiple: true,
    }),
    capacity: Flags.custom<number>({
      description: 'Size of each storage; a write beyond it fails as on a full disk.',
      helpGroup: tuning,
      helpValue: 'SIZE',
      parse: async (value) => parseDiskSize(value).bytes,
    })(),
  };

  protected override async plan(): Promise<Plan> {
    const flags = this.flagsOf(SandboxStart);
    const memoryLimit = flags['memory-limit'];
    return planStart({
      location: locate(this.session.paths.data, flags.data),
      port: flags.port,
      nodes: flags.nodes,
      idrac: flags.idrac ?? [],
      // Never away from a real server without being asked.
      use: (await this.session.contexts.current()) === undefined,
      tuning: {
        taskMillis: flags['task-millis'],
        agentDelayMillis: flags['agent-delay-millis'],
        staleMillis: flags['stale-millis'],
        lockTimeoutMillis: flags['lock-timeout-millis'],
        capacityBytes: flags.capacity,
        allowHosts: flags['allow-host'],
        speed: flags.speed,
        latencyMillis: flags['latency-millis'],
        seed: flags.seed,
        guests: flags.guests,
        engine: flags.engine,
        qemuMemoryMib: memoryLimit === undefined ? undefined : Math.floor(memoryLimit / mebibyte),
        qemuCpus: flags['cpu-limit'],
        qemuOpenNetwork: flags['open-network'],
      },
    });
  }

  protected override view(result: StartResult): void {
    this.output.print(`Sandbox is running at ${result.url} (data in ${result.data}).`);
    for (const { generation, url } of result.idrac) {
      this.output.print(
        `iDRAC ${generation} is running at ${url} (user root, password as the token's secret).`,
      );
    }
    const { bin } = this.config;
    this.output.note(
      result.current
        ? `  → ${bin} node list`
        : `  → ${bin} node list --context ${result.context}, or ${bin} context use ${result.context}`,
    );
  }

  protected override async afterwards(): Promise<void> {
    const { detach, data } = this.flagsOf(SandboxStart);
    if (detach) return;
    this.output.note('Ctrl-C stops it.');
    await this.session.untilInterrupted();
    await this.session.operations.run(planStop(locate(this.session.paths.data, data)));
  }
}
