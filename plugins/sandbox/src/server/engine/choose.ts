import { execFile } from 'node:child_process';
import type { App } from '../app.js';
import type { Settings } from '../options.js';
import type { Engine } from './engine.js';
import { probeAcceleration } from './qemu/accel.js';
import { QemuEngine } from './qemu/engine.js';
import { endOrphans } from './qemu/runtime.js';
import { SimEngine } from './sim/engine.js';

function runs(binary: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(binary, ['--version'], { timeout: 10_000 }, (error) => resolve(error === null));
  });
}

/** Which engine it is to be. @throws when the wanted one is not there; nothing has been changed then */
export async function chooseEngine(settings: Settings): Promise<'sim' | 'qemu'> {
  if (settings.engine === 'sim') return 'sim';
  const needed = [settings.qemuBinary, 'qemu-img'];
  const found = await Promise.all(needed.map(runs));
  const missing = needed.filter((_, index) => !found[index]);
  if (missing.length === 0) return 'qemu';
  if (settings.engine === 'auto') return 'sim';
  throw new Error(
    `engine qemu needs ${missing.join(' and ')}, which cannot be run here: ` +
      'apt install qemu-system-x86 qemu-utils, or take --engine auto',
  );
}

/** Opens the engine, after ending what a sandbox that was killed has left behind. */
export async function openEngine(app: App, name: 'sim' | 'qemu'): Promise<Engine> {
  const orphans = await endOrphans(app.settings.dataDir);
  if (orphans > 0) app.report(`ended ${orphans} guests that a killed sandbox had left running`);
  for (const vm of app.vms.all())
    // A pretended guest has no process that could go on as a real one, and a real one's has just been ended.
    if (vm.guest && (name === 'qemu' || vm.guest.real)) app.vms.change(vm, () => delete vm.guest);
  if (name === 'sim') return new SimEngine(app);
  return QemuEngine.open(app, await probeAcceleration(app.settings.qemuBinary));
}
