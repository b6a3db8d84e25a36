import { type Guest, type Inventory, ListCommand, ShowCommand } from '@pmx-cli/kit';

import { targetsOf, vm } from '../operations/guest/kind.js';

/** One VM by name or id. */
export async function oneVm(inventory: Inventory, word: string): Promise<Guest> {
  return (await inventory.resolveGuests([word], targetsOf(vm)))[0]!;
}

/** What the questions to a guest agent have in common: one VM, one answer. */
export abstract class AgentShowCommand<Result> extends ShowCommand<Result> {
  protected async ask<T>(command: string): Promise<{ guest: Guest; answer: T }> {
    const { queryAgent } = await import('../operations/reach/agent-read.js');
    const guest = await oneVm(await this.inventory(), String(this.parsedArgs['vm']));
    return { guest, answer: await queryAgent<T>(await this.pve(), guest, command) };
  }
}

/** The same for answers that are lists. */
export abstract class AgentListCommand<Row> extends ListCommand<Row> {
  protected async ask<T>(command: string): Promise<T> {
    const { queryAgent } = await import('../operations/reach/agent-read.js');
    const guest = await oneVm(await this.inventory(), String(this.parsedArgs['vm']));
    return queryAgent<T>(await this.pve(), guest, command);
  }
}
