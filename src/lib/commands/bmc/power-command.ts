import { Flags } from '@oclif/core';
import { type ControllerReader, parseDuration, type Plan } from '@pmx-cli/kit';

import type { Task } from '../../operations/idrac/racadm.js';
import type { PowerResult, PowerVerb } from '../../operations/idrac/power.js';
import { controllersFlags, ControllersChangeCommand } from './controller-command.js';

export const powerFlags = {
  ...controllersFlags,
  timeout: Flags.custom<number>({
    description: 'How long to wait for the new state (30s, 5m).',
    helpValue: 'DURATION',
    default: async () => 300_000,
    defaultHelp: async () => '5m',
    parse: async (value) => parseDuration(value),
  })(),
};

export const forceFlag = Flags.boolean({
  description: 'Without asking the operating system: what it has not written is lost.',
});

export const drainedFlag = Flags.boolean({
  description: 'The server is a node of the cluster in use and holds no guests any more.',
});

export abstract class PowerCommand extends ControllersChangeCommand<PowerResult> {
  protected get task(): Task {
    return `power ${this.verb}`;
  }
  protected readonly nine = false;
  protected abstract readonly verb: PowerVerb;

  protected async planFor(controller: ControllerReader): Promise<Plan> {
    const flags = this.parsedFlags as {
      force?: boolean;
      timeout: number;
      'node-drained'?: boolean;
    };
    const { planPower, refuseNode } = await import('../../operations/idrac/power.js');
    const { verb } = this;
    if (verb !== 'on')
      await refuseNode(controller, {
        nodes: () => this.#nodes(),
        drained: flags['node-drained'] === true,
      });
    return planPower(controller, {
      verb,
      force: flags.force === true,
      timeoutSeconds: Math.ceil(flags.timeout / 1000),
    });
  }

  /** Nobody has to have a cluster to switch a server. */
  async #nodes(): Promise<string[] | undefined> {
    const { contexts } = this.session;
    const named = this.parsedFlags['context'] ?? (await contexts.current());
    if (named === undefined) return undefined;
    return (await (await this.inventory()).nodes()).map(({ node }) => node);
  }

  protected override view({ host, before, power, changed }: PowerResult): void {
    this.output.print(changed ? `${host}: ${before} → ${power}` : `${host}: ${power} already`);
  }
}
