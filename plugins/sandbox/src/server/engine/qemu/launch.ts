import { join } from 'node:path';
import type { App } from '../../app.js';
import { isCloudInit, parseDrive } from '../../qemu/drive.js';
import { parseNet } from '../../qemu/net.js';
import type { Vm } from '../../state/model.js';
import type { Task } from '../../tasks/manager.js';
import { writeCloudInitDrive } from './cloudinit-drive.js';
import { commandLine } from './command/index.js';
import { driveFiles } from './disks.js';
import { firmwareOf } from './firmware.js';
import { QemuProcess } from './process.js';
import { qemuDir } from './runtime.js';

/** What the machine below gives to a guest. */
interface Host {
  accel: 'kvm' | 'tcg';
  runtimeDir: string;
  memoryMib: number;
}

/** Writes what the guest starts from, and starts it. */
export async function launchGuest(
  app: App,
  vm: Vm,
  { accel, runtimeDir, memoryMib }: Host,
  task: Task,
): Promise<QemuProcess> {
  const { vmid, config } = vm;
  const { settings, storages } = app;
  const logs = qemuDir(settings.dataDir);
  const files = driveFiles(app, vm);
  for (const [key, file] of Object.entries(files))
    if (isCloudInit(parseDrive(key, String(config[key]))))
      await writeCloudInitDrive(app, vm, file, runtimeDir);
  const firmware = await firmwareOf(app, vm, runtimeDir);
  const args = commandLine({
    vmid,
    config,
    accel,
    cpuLimit: settings.qemuCpus,
    files,
    ...(firmware && { firmware }),
    runtimeDir,
    openNetwork: settings.qemuOpenNetwork,
    serialLog: (number) => join(logs, `${vmid}.serial${number}.log`),
    note: (text) => task.log(text),
  });
  const guest = await QemuProcess.launch(
    {
      vmid,
      memoryMib,
      binary: settings.qemuBinary,
      args,
      runtimeDir,
      logFile: join(logs, `${vmid}.log`),
      disguise: (text) => storages.disguise(text, vm.node),
    },
    task,
  );
  try {
    await setLinks(vm, guest);
  } catch (error) {
    await guest.stop();
    throw error;
  }
  return guest;
}

/** QEMU can be told only when it runs that a network cable is out. */
async function setLinks({ config }: Vm, { qmp }: QemuProcess): Promise<void> {
  for (const key of Object.keys(config).filter((name) => /^net\d+$/.test(name)))
    if (parseNet(String(config[key]))['link_down'] === 1)
      await qmp.run('set_link', { name: key, up: false });
}
