// @ts-check
import { ListCommand } from '@pmx-cli/kit';

import { noteIn } from '../../lib/notes.js';

/** @typedef {{ vmid: number, name: string, note: string }} Row */

/** @extends {ListCommand<Row>} */
export default class extends ListCommand {
  static summary = 'List VMs that have a note.';
  static examples = ['<%= config.bin %> note list'];

  /** @type {ReadonlyArray<import('@pmx-cli/kit').Column<Row>>} */
  columns = [
    { header: 'VMID', key: 'vmid', value: ({ vmid }) => vmid, align: 'right' },
    { header: 'NAME', key: 'name', value: ({ name }) => name },
    { header: 'NOTE', key: 'note', value: ({ note }) => note },
  ];
  whenEmpty = 'No VM has a note.';

  async list() {
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const guests = (await inventory.guests()).filter(({ type }) => type === 'qemu');
    /** @type {Row[]} */
    const rows = [];
    for (const { vmid, name, node } of guests) {
      /** @type {{ description?: string }} */
      const config = await pve.get(`/nodes/${node}/qemu/${vmid}/config`);
      const note = noteIn(config.description);
      if (note !== undefined) rows.push({ vmid, name, note });
    }
    return rows;
  }
}
