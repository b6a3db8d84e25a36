import { ChangeCommand, type Guest, type Plan } from '@pmx-cli/kit';

/** What the guest agents of several VMs are told to do. */
export abstract class AgentChangeCommand<Result> extends ChangeCommand<Result> {
  protected async planEach(plan: (guest: Guest) => Plan): Promise<Plan[]> {
    const inventory = await this.inventory();
    const guests = await inventory.resolveGuests(this.positionals, {
      type: 'qemu',
      template: false,
      noun: 'VM',
    });
    return guests.map(plan);
  }
}
