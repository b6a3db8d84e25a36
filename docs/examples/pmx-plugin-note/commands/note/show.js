// @ts-check
import { args, ShowCommand } from '@pmx-cli/kit';

import { noteIn } from '../../lib/notes.js';

/** @typedef {{ vmid: number, name: string, note: string | null }} Note */

/** @extends {ShowCommand<Note>} */
export default class NoteShow extends ShowCommand {
  static summary = 'Show the note of a VM.';
  static examples = ['<%= config.bin %> note show web-01'];
  static args = { vm: args.one('VM') };

  async show() {
    const { vm } = this.argsOf(NoteShow);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [guest] = await inventory.resolveGuests([vm ?? ''], { type: 'qemu', noun: 'VM' });
    if (!guest) throw new Error('resolveGuests gives one guest or throws');
    const { vmid, name, node } = guest;
    /** @type {{ description?: string }} */
    const config = await pve.get(`/nodes/${node}/qemu/${vmid}/config`);
    return { vmid, name, note: noteIn(config.description) ?? null };
  }

  /** @param {Note} note */
  view({ vmid, name, note }) {
    this.output.fields([
      ['VM', `${vmid} (${name})`],
      ['Note', note ?? 'none'],
    ]);
  }
}
