import type { Guest, Inventory, PveReader, Storage } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../../shared/guest-config.js';
import { inParallel } from '../../shared/parallel.js';
import { readConfig } from '../../shared/read-configs.js';
import { guestPath } from '../kind.js';
import { readReferences, type References } from './references.js';
import { contentOf, isBackup, isDisk, isIso, type Volume, volumesOf } from './volumes.js';

/** Up to so many guests each is looked at by itself; beyond, only lists that concern all are read. */
export const fewGuests = 8;

/**
 * What has to be known to delete guests, read once for all of them: each storage, each list of the
 * cluster. Configurations are read for a few guests only, or where nothing else tells.
 */
export class DeleteSurvey {
  readonly few: boolean;
  readonly #pve: PveReader;
  readonly #inventory: Inventory;
  readonly #guests: readonly Guest[];
  readonly #configs = new Map<number, Promise<GuestConfig | undefined>>();
  readonly #uses = new Map<Guest['type'], Promise<Map<string, Guest[]>>>();
  #references: Promise<References> | undefined;
  #volumes: Promise<Volume[]> | undefined;
  #notSeen: string[] = [];

  constructor(pve: PveReader, inventory: Inventory, guests: readonly Guest[]) {
    this.#pve = pve;
    this.#inventory = inventory;
    this.#guests = guests;
    this.few = guests.length <= fewGuests;
  }

  references(): Promise<References> {
    return (this.#references ??= readReferences(this.#pve));
  }

  /** Backup storages that did not answer, in words. */
  get notSeen(): readonly string[] {
    return this.#notSeen;
  }

  async disksOf(guest: Guest): Promise<Volume[]> {
    return (await this.#onNodeOf(guest)).filter(
      (volume) => isDisk(volume) && volume.vmid === guest.vmid,
    );
  }

  async backupsOf(guest: Guest): Promise<Volume[]> {
    const infix = guest.type === 'lxc' ? /vzdump-lxc-|\/ct\// : /vzdump-qemu-|\/vm\//;
    return (await this.#onNodeOf(guest)).filter(
      (volume) => isBackup(volume) && volume.vmid === guest.vmid && infix.test(volume.volid),
    );
  }

  async isosFor(guest: Guest): Promise<Volume[]> {
    return (await this.#onNodeOf(guest)).filter(isIso);
  }

  /** Undefined when the guest is gone meanwhile. Any other failure ends the whole. */
  config(guest: Guest): Promise<GuestConfig | undefined> {
    let known = this.#configs.get(guest.vmid);
    if (!known) {
      known = readConfig(this.#pve, guest);
      this.#configs.set(guest.vmid, known);
    }
    return known;
  }

  /** Other guests of its type whose drives or mount points hold such a volume. */
  async usersOf(guest: Guest, isMeant: (volid: string) => boolean): Promise<Guest[]> {
    let uses = this.#uses.get(guest.type);
    if (!uses) this.#uses.set(guest.type, (uses = this.#readUses(guest)));
    const users = [...(await uses)].flatMap(([volid, guests]) => (isMeant(volid) ? guests : []));
    return [...new Set(users)].filter(({ vmid }) => vmid !== guest.vmid);
  }

  /** Is it one of those that are deleted together? */
  deletes({ vmid }: Guest): boolean {
    return this.#guests.some((guest) => guest.vmid === vmid);
  }

  /** Every volume in a configuration, and the guests that have it there. */
  async #readUses(guest: Guest): Promise<Map<string, Guest[]>> {
    const all = (await this.#inventory.freshGuests()).filter(({ type }) => type === guest.type);
    // The one that is asked for first need not be read for itself.
    const guests = all.filter(({ vmid }) => this.#guests.length > 1 || vmid !== guest.vmid);
    const configs = await inParallel(guests, (other) => this.config(other));
    const uses = new Map<string, Guest[]>();
    for (const [index, other] of guests.entries())
      for (const { volid } of volumesOf(other.type, configs[index] ?? {}))
        uses.set(volid, [...(uses.get(volid) ?? []), other]);
    return uses;
  }

  /** For few guests only: rules that go with the guest. */
  async firewallRules(guest: Guest): Promise<number> {
    if (!this.few) return 0;
    try {
      return (await this.#pve.get<unknown[]>(`${guestPath(guest)}/firewall/rules`)).length;
    } catch (error) {
      if (isPmxError(error) && error.exitCode === 3) return 0;
      throw error;
    }
  }

  /** For few guests only: names of the snapshots that go with the guest. */
  async snapshots(guest: Guest, config: GuestConfig): Promise<string[]> {
    if (config['parent'] === undefined) return [];
    const rows = await this.#pve.get<Array<{ name: string }>>(`${guestPath(guest)}/snapshot`);
    return rows.map(({ name }) => name).filter((name) => name !== 'current');
  }

  async #onNodeOf({ node }: Guest): Promise<Volume[]> {
    const volumes = await (this.#volumes ??= this.#readStorages());
    return volumes.filter((volume) => volume.node === node || volume.node === '');
  }

  /** Each storage once; a shared one shows the same from every node. */
  async #readStorages(): Promise<Volume[]> {
    const nodes = [...new Set(this.#guests.map(({ node }) => node))];
    const lists = await inParallel(nodes, (node) => this.#inventory.storages(node));
    const storages = new Map<string, Storage>();
    for (const storage of lists.flat()) {
      const takes = ['images', 'rootdir', 'iso', 'backup'].some((content) =>
        storage.content.includes(content),
      );
      const key = storage.shared ? storage.storage : `${storage.node}/${storage.storage}`;
      if (storage.active && takes && !storages.has(key)) storages.set(key, storage);
    }
    const contents = await inParallel([...storages.values()], (storage) => this.#read(storage));
    return contents.flat();
  }

  async #read(storage: Storage): Promise<Volume[]> {
    try {
      const volumes = await contentOf(this.#pve, storage);
      return storage.shared ? volumes.map((volume) => ({ ...volume, node: '' })) : volumes;
    } catch (error) {
      // Archives only stay where they are; a backup server that is away need not hold this up.
      const onlyBackups = storage.content.every((content) => content === 'backup');
      if (!onlyBackups || !isPmxError(error) || error.exitCode === 130) throw error;
      this.#notSeen.push(`Backups on ${storage.storage} could not be listed: ${error.message}`);
      return [];
    }
  }
}
