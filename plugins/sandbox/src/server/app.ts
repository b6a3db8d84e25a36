import { appendFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOff } from './api/nodes/power.js';
import { AccessControl } from './auth/acl.js';
import { Tickets } from './auth/tickets.js';
import { Consoles } from './console/consoles.js';
import { dropUnfinishedArchives } from './backup/leftovers.js';
import { Faults } from './faults/faults.js';
import { Recorder } from './faults/recorder.js';
import type { Engine } from './engine/engine.js';
import { openEngine } from './engine/choose.js';
import type { Settings } from './options.js';
import { addGuests } from './qemu/pretended.js';
import { reconcile } from './qemu/reconcile.js';
import { Resources } from './qemu/resources.js';
import { Vms } from './qemu/vms.js';
import { PoolIndex } from './state/pool-index.js';
import { seededRandom, trueRandom } from './state/random.js';
import type { Random } from './state/random.js';
import { Store } from './state/store.js';
import { Images } from './storage/images.js';
import { QemuImg } from './storage/qemu-img.js';
import { Storages } from './storage/storages.js';
import { Locks } from './tasks/locks.js';
import { TaskManager } from './tasks/manager.js';

/** The parts of a server, put together once. Handlers get everything from here. */
export class App {
  readonly settings: Settings;
  readonly store: Store;
  /** Whatever is left to chance and is no secret. */
  readonly random: Random;
  readonly acl: AccessControl;
  readonly tickets: Tickets;
  readonly tasks: TaskManager;
  readonly locks = new Locks();
  readonly resources: Resources;
  readonly vms: Vms;
  readonly storages: Storages;
  readonly images: Images;
  readonly qemuImg = new QemuImg();
  readonly recorder = new Recorder();
  readonly consoles = new Consoles(this);
  /** What runs the guests. */
  engine!: Engine;
  faults!: Faults;
  /** Makes the certificate that a fault shows instead; set when the server listens. */
  prepareCertificate: () => Promise<void> = async () => undefined;
  /** SHA-256 of the certificate; set when the server listens. */
  fingerprint = '';

  private constructor(settings: Settings, store: Store, tickets: Tickets) {
    this.settings = settings;
    this.store = store;
    this.tickets = tickets;
    const pools = new PoolIndex(store);
    this.acl = new AccessControl(store.state, (vmid) => pools.ofVm(vmid));
    this.random =
      settings.seed === undefined
        ? trueRandom
        : seededRandom(settings.seed, (store.state.drawn ??= {}));
    this.tasks = new TaskManager(store, settings, this.random);
    this.resources = new Resources(store, settings);
    this.vms = new Vms(store, this.resources, pools);
    this.storages = new Storages(store, settings);
    this.images = new Images(this.storages, this.qemuImg);
  }

  /** Opens the data directory. */
  static async open(settings: Settings, engine: 'sim' | 'qemu' = 'sim'): Promise<App> {
    const store = await Store.open(settings.dataDir, settings.nodes);
    try {
      return await App.#on(store, settings, engine);
    } catch (error) {
      // Node 26 takes a file that nobody closes for an error.
      await store.abandon();
      throw error;
    }
  }

  static async #on(store: Store, settings: Settings, engine: 'sim' | 'qemu'): Promise<App> {
    addGuests(store, settings.guests, settings.seed ?? '1');
    const app = new App(settings, store, await Tickets.open(settings.dataDir));
    await app.#openFaults();
    const temporary = join(settings.dataDir, 'tmp');
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    // Uploads that a crash has left behind.
    for (const name of await readdir(temporary))
      if (/^(?:pveupload|vzdump)-/.test(name))
        await rm(join(temporary, name), { force: true, recursive: true });
    for (const node of store.state.nodes) {
      for (const [id, config] of app.storages.onNode(node))
        if (!config.disable) await app.storages.activate(node, id);
    }
    await dropUnfinishedArchives(app);
    app.engine = await openEngine(app, engine);
    app.resources.figuresOf = (vm) => app.engine.figures(vm);
    await app.#dropHalfMade();
    if (store.wasKilled) await reconcile(app);
    return app;
  }

  /** Lets the faults in at the places where they matter. */
  async #openFaults(): Promise<void> {
    this.faults = await Faults.open(this.settings.dataDir, this.storages, this.settings.seed);
    this.tickets.clock = this.tasks.clock = this.faults.now;
    this.tickets.lifetime = this.faults.ticketSeconds;
    this.storages.limit = this.faults.storageLimit;
    this.faults.isOff = (node) => isOff(this, node);
    this.resources.isDown = (node) => this.faults.isDown(node);
  }

  /** A VM that was being made when the server died is unlocked by nobody: on a real node root removes it; here it goes at the next start. */
  async #dropHalfMade(): Promise<void> {
    for (const vm of this.vms.all()) {
      const { lock } = vm.config;
      if (lock !== 'create' && lock !== 'clone') continue;
      for (const [id] of this.storages.onNode(vm.node)) {
        for (const volid of await this.images.ownedBy(vm.node, id, vm.vmid))
          await this.images.free(vm.node, volid);
      }
      this.vms.discard(vm.vmid);
    }
  }

  /** Writes a line into sandbox.log; for what nobody would see otherwise. */
  report(text: string): void {
    void appendFile(
      join(this.settings.dataDir, 'sandbox.log'),
      `${new Date().toISOString()} ${text}\n`,
      { mode: 0o600 },
    ).catch(() => undefined);
  }

  /** Ends all work and saves. */
  async close(): Promise<void> {
    this.qemuImg.close();
    await this.tasks.close();
    await this.engine.close();
    await this.faults.book.flush();
    await this.store.close();
  }
}
