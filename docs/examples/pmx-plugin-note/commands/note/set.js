// @ts-check
import { Args, args, ChangeCommand, ref } from '@pmx-cli/kit';

import { withNote } from '../../lib/notes.js';

/** @typedef {{ vmid: number, note: string }} Change */

/** @extends {ChangeCommand<Change>} */
export default class NoteSet extends ChangeCommand {
  static summary = 'Write the note of a VM.';
  static examples = ['<%= config.bin %> note set web-01 "belongs to Ann"'];
  static args = {
    vm: args.one('VM'),
    note: Args.string({ description: 'The note.', required: true, ignoreStdin: true }),
  };

  /** Reads only: what happens is in the steps, and pmx carries them out, or takes them back. */
  async plan() {
    const { vm, note } = this.argsOf(NoteSet);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [guest] = await inventory.resolveGuests([vm ?? ''], { type: 'qemu', noun: 'VM' });
    if (!guest) throw new Error('resolveGuests gives one guest or throws');
    const { vmid, name, node } = guest;
    const path = `/nodes/${node}/qemu/${vmid}`;
    /** @type {{ description?: string }} */
    const config = await pve.get(`${path}/config`);
    const change = {
      path,
      set: { description: withNote(config.description, note ?? '') },
      before: { description: config.description ?? null },
    };
    /** @type {import('@pmx-cli/kit').Plan} */
    const plan = {
      operation: 'note.set',
      target: `VM ${vmid} (${name})`,
      title: `Write the note of VM ${vmid} (${name})`,
      variables: { after: null },
      steps: [
        {
          id: 'note',
          kind: 'pve.configure',
          title: `Write "${note}"`,
          args: change,
          bind: { after: 'after' },
          undo: [
            {
              kind: 'pve.restore-config',
              title: 'Put the description back',
              args: { ...change, after: ref('after') },
            },
          ],
        },
      ],
      result: { vmid, note: note ?? '' },
    };
    return plan;
  }

  /** @param {Change} change */
  view({ vmid, note }) {
    this.output.print(`VM ${vmid}: ${note}`);
  }
}
