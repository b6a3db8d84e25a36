import { Flags } from '@oclif/core';

import {
  ChangeCommand,
  type Column,
  flags,
  type Guest,
  ListCommand,
  type Plan,
  PmxCommand,
  secretRef,
  ShowCommand,
  type Step,
} from '../dist/index.js';

/** Commands as a plugin's author would write them, small ones. */

export class ThingList extends ListCommand<Guest> {
  static override flags = { node: flags.onNode('Only on this node.') };
  protected readonly whenEmpty = 'No things.';
  protected readonly columns: ReadonlyArray<Column<Guest>> = [
    { header: 'vmid', value: (row) => row.vmid },
    { header: 'name', value: (row) => row.name },
    { header: 'pool', value: (row) => row.pool },
    { header: 'lock', value: (row) => row.lock, wide: true },
  ];

  protected override async list(): Promise<Guest[]> {
    const { node } = this.flagsOf(ThingList);
    const guests = await (await this.inventory()).guests();
    return guests.filter((guest) => node === undefined || guest.node === node);
  }
}

export class ThingShow extends ShowCommand<{ vmid: number; cores: number }> {
  static override flags = { vmid: flags.vmid({ required: true }), node: flags.node() };

  protected override async show(): Promise<{ vmid: number; cores: number }> {
    const { vmid, node = 'pve1' } = this.flagsOf(ThingShow);
    const pve = await this.pve();
    return { vmid, ...(await pve.get<{ cores: number }>(`/nodes/${node}/qemu/${vmid}/config`)) };
  }

  protected override view({ vmid, cores }: { vmid: number; cores: number }): void {
    this.session.log.debug('viewed');
    this.output.fields([
      ['vmid', vmid],
      ['cores', cores],
      ['nothing', undefined],
    ]);
  }
}

/** Throws what `failing` says, from `run`. */
export function commandThatThrows(failing: () => never): typeof PmxCommand & (new () => never) {
  class Failing extends PmxCommand<void> {
    override async run(): Promise<void> {
      failing();
    }
  }
  return Failing as never;
}

function deletionStep(vmid: number): Step {
  return {
    id: 'delete',
    title: `Delete VM ${vmid}`,
    kind: 'pve.call',
    args: { method: 'DELETE', path: `/nodes/pve1/qemu/${vmid}` },
    destructive: true,
  };
}

/** One plan for each target; asks, for it destroys. */
export class ThingDelete extends ChangeCommand<{ gone: number }> {
  static override strict = false;

  protected override async plan(): Promise<Plan[]> {
    const guests = await (
      await this.inventory()
    ).resolveGuests(this.positionals, { noun: 'thing' });
    return guests.map(({ vmid, name }) => ({
      operation: 'thing.delete',
      target: `thing ${vmid}`,
      title: `Delete thing ${vmid} (${name})`,
      steps: [deletionStep(vmid)],
      impact: {
        removes: [{ what: 'thing', name: String(vmid) }],
        keeps: [{ what: 'ISO', name: 'shared.iso' }],
      },
      result: { gone: vmid },
    }));
  }

  protected override view({ gone }: { gone: number }): void {
    this.session.log.debug('viewed');
    this.output.print(`Thing ${gone} is gone.`);
  }
}

export const password = 'correct-horse-battery';

/** One plan with a secret and a note, nothing destructive; leaks all it can. */
export class ThingCreate extends ChangeCommand<{ vmid: number }> {
  static override flags = {
    destructive: Flags.boolean(),
    afterwards: Flags.boolean(),
  };

  protected override async plan(): Promise<Plan> {
    const { destructive } = this.flagsOf(ThingCreate);
    return {
      operation: 'thing.create',
      target: 'thing 101',
      title: `Create thing 101 with ${password}`,
      steps: [
        {
          id: 'create',
          title: `Create it (${password})`,
          kind: 'pve.call',
          args: {
            method: 'POST',
            path: '/nodes/pve1/qemu',
            params: { cipassword: secretRef('pw') },
          },
          destructive,
        },
      ],
      notes: [`The password is ${password}.`],
      variables: { vmid: 101 },
      secrets: { pw: password },
      result: { vmid: { $var: 'vmid' } },
    };
  }

  protected override view({ vmid }: { vmid: number }): void {
    this.output.print(`Thing ${vmid} is made, its password is ${password}.`);
  }

  protected override async afterwards(): Promise<void> {
    if (this.flagsOf(ThingCreate).afterwards) this.output.print('Afterwards.');
  }
}
