import { ChangeCommand, Flags, type Plan, RequestError } from '@pmx-cli/kit';

import { checkNames, rulesOfFile, rulesOfFlags } from '../../../control/fault-input.js';
import { planFaultAdd } from '../../../control/fault-plans.js';
import { contextFlag, dataFlag } from '../../../control/flags.js';
import { locate } from '../../../control/location.js';
import { readFaults } from '../../../control/steering.js';
import { type FaultRule, ruleText } from '../../../server/faults/rule.js';

const which = 'WHICH REQUESTS';
const what = 'WHAT HAPPENS';

const text = (helpGroup: string, helpValue: string, description: string) =>
  Flags.string({ description, helpGroup, helpValue, exclusive: ['file'] });

export default class SandboxFaultAdd extends ChangeCommand<{ added: FaultRule[] }> {
  static override summary = 'Let something go wrong in the sandbox.';
  static override description = `Happens to single requests:
  reset            the connection breaks before the request is worked on; --after: after it, the answer is lost
  timeout          no answer ever comes; --after: though it was worked on
  delay            the request waits --seconds
  slow-body        the body trickles in over --seconds
  status           --status and --message are answered; --after: though it was worked on
  unauthorized     401, whatever the credentials
  task-fail        the task fails at --percent with --message and takes back what it made
  task-warn        the task ends with WARNINGS: 1 and --message in its log
  task-slow        the task takes --seconds longer
  worker-lost      500 got no worker upid: the task does nothing, a guest that was to be made stays locked
  lock-held        the lock of the path's VM (or --vmid) is held for --seconds
Stays until it is cleared; begins at once, or with the first request that fits --method, --path, --nth …:
  storage-full     --storage is full after --bytes more (on one --node)
  node-down        --node is offline
  new-certificate  new connections see another certificate
  clock-skew       the clock is --seconds ahead (or behind, if negative)
  ticket-lifetime  tickets end after --seconds
Rules survive a restart of the sandbox.`;
  static override examples = [
    '<%= config.bin %> sandbox fault add --action reset --after --method POST --path /nodes/*/qemu/*/clone --nth 1',
    '<%= config.bin %> sandbox fault add --action task-fail --percent 50 --message "disk is broken" --times 1',
    '<%= config.bin %> sandbox fault add --action node-down --node pve2',
    '<%= config.bin %> sandbox fault add -f faults.yaml',
  ];
  static override flags = {
    context: contextFlag,
    data: dataFlag,
    file: Flags.string({
      char: 'f',
      description: 'YAML or JSON file with a list of rules: - {match: {…}, action: {type: …}}.',
      helpValue: 'FILE',
    }),
    id: text(which, 'ID', 'Name of the rule; fault-1, fault-2 … when left out.'),
    method: text(which, 'METHOD', 'GET, POST, PUT or DELETE; any when left out.'),
    path: text(which, 'GLOB', 'API path; * stands for one part of it, ** for any number of parts.'),
    nth: text(
      which,
      'N',
      'Begin with this matching request, and happen once unless --times is given.',
    ),
    times: text(which, 'N', 'Happen that often at most.'),
    probability: text(which, 'P', 'Happen to this share of the matching requests, from 0 to 1.'),
    seed: text(
      which,
      'N',
      'Decides which requests --probability takes; the same number takes the same.',
    ),
    action: text(what, 'ACTION', 'What goes wrong, see below.'),
    after: Flags.boolean({
      description: 'The request is worked on; only its answer is lost or another one.',
      helpGroup: what,
      exclusive: ['file'],
    }),
    status: text(what, 'CODE', 'HTTP status from 400 to 599.'),
    percent: text(what, 'N', 'How far the task gets, 50 when left out.'),
    message: text(what, 'TEXT', 'Reason, error or warning.'),
    seconds: text(what, 'SECONDS', 'How long, or by how much; fractions are fine.'),
    storage: text(what, 'STORAGE', 'Storage that is full.'),
    node: text(what, 'NODE', 'Node that is offline, or whose storage is full.'),
    bytes: text(what, 'N', 'What still fits on the storage, 0 when left out.'),
    vmid: text(what, 'VMID', 'VM whose lock is held, when the path names none.'),
  };

  protected override async plan(): Promise<Plan> {
    const { file, data, ...flags } = this.flagsOf(SandboxFaultAdd);
    if (file === undefined && flags.action === undefined) {
      throw new RequestError({
        code: 'PMX_INVALID_FAULT',
        message: 'It is not said what goes wrong: neither --action nor -f is given.',
        hints: ['For example: --action reset', 'pmx sandbox fault add --help lists the actions.'],
      });
    }
    // Words first: a wrong one is told without a server.
    if (file === undefined) rulesOfFlags(flags, []);
    const { faults } = await readFaults(this.session, locate(this.session.paths.data, data));
    const taken = faults.map(({ id }) => id);
    const rules = file === undefined ? rulesOfFlags(flags, taken) : await rulesOfFile(file, taken);
    await this.#checkNames(rules);
    return planFaultAdd(rules);
  }

  async #checkNames(rules: readonly FaultRule[]): Promise<void> {
    const pve = await this.pve();
    if (rules.some(({ action }) => action.node !== undefined)) {
      const nodes = await pve.get<Array<{ node: string }>>('/nodes');
      checkNames(
        rules,
        'node',
        nodes.map(({ node }) => node),
      );
    }
    if (rules.some(({ action }) => action.storage !== undefined)) {
      const storages = await pve.get<Array<{ storage: string }>>('/storage');
      checkNames(
        rules,
        'storage',
        storages.map(({ storage }) => storage),
      );
    }
  }

  protected override view({ added }: { added: FaultRule[] }): void {
    for (const rule of added) this.output.print(`${rule.id}: ${ruleText(rule)}`);
  }
}
