import { bmcPassword } from './bmc-password.js';
import { bmcPin } from './bmc-pin.js';
import { catalogSave } from './catalog-save.js';
import { configReplace, configWrite } from './config.js';
import type { StepHandlers } from './handler.js';
import { contextRemove, contextSave, contextUse, pathRemove } from './local-state.js';
import { contextForget, discardRole, discardToken, pveRole, pveToken } from './pve-access.js';
import { contextRename, secretsEncrypt, secretTransfer } from './secrets.js';
import { fileBlock } from './file-block.js';
import { scheduleCron, scheduleTimer } from './schedule.js';
import { journalsRemove } from './journals.js';
import { processSpawn, processStop } from './process.js';
import { processAttach } from './attach.js';
import { processRun } from './process-run.js';
import { guestConsole } from './guest-console.js';
import { guestSpice, guestVnc } from './guest-screen.js';
import { guestAgent } from './guest-agent-call.js';
import { guestDiscardFile, guestReadFile, guestWriteFile } from './guest-file.js';
import { guestExec } from './guest-exec.js';
import { guestRun } from './guest-run.js';
import {
  pluginInstall,
  pluginLink,
  pluginRestore,
  pluginScaffold,
  pluginUninstall,
} from './plugin.js';
import { programDiscard, programFetch, programSwitch } from './program.js';
import { pveCall } from './pve-call.js';
import { pveConfigure, pveRestoreConfig } from './pve-configure.js';
import { pveDiscardGuest, pveDiscardVolume } from './pve-discard.js';
import { discardEntry, pveEntry } from './pve-entry.js';
import { pveAwaitStatus } from './pve-await-status.js';
import { pveBackup, pveDiscardBackup } from './pve-backup.js';
import { pveDiscardSnapshot } from './pve-snapshot.js';
import { pveMigrate } from './pve-migrate.js';
import { discardPool, poolMembers, pvePool } from './pve-pool.js';
import { pveMoveBack } from './pve-move-back.js';
import {
  timeDiscard,
  timeKeep,
  timeMark,
  timeMeasure,
  timeSave,
  timeServices,
  timeSet,
} from './time.js';
import { timeTimer, timeTimerOff } from './time-timer.js';
import { pveUpload } from './pve-upload.js';
import { pveWait } from './pve-wait.js';
import { bmcAwaitCertificate, bmcAwaitPower, bmcSetClock, redfishCall } from './redfish.js';

export const stepHandlers: StepHandlers = {
  'pve.call': pveCall,
  'guest.exec': guestExec,
  'guest.run': guestRun,
  'guest.agent': guestAgent,
  'guest.console': guestConsole,
  'guest.vnc': guestVnc,
  'guest.spice': guestSpice,
  'guest.write-file': guestWriteFile,
  'guest.discard-file': guestDiscardFile,
  'guest.read-file': guestReadFile,
  'process.attach': processAttach,
  'process.run': processRun,
  'time.save': timeSave,
  'time.discard': timeDiscard,
  'time.services': timeServices,
  'time.set': timeSet,
  'time.keep': timeKeep,
  'time.measure': timeMeasure,
  'time.mark': timeMark,
  'time.timer': timeTimer,
  'time.timer-off': timeTimerOff,
  'pve.configure': pveConfigure,
  'pve.restore-config': pveRestoreConfig,
  'pve.move-back': pveMoveBack,
  'pve.upload': pveUpload,
  'pve.wait': pveWait,
  'pve.discard-guest': pveDiscardGuest,
  'pve.discard-volume': pveDiscardVolume,
  'pve.discard-snapshot': pveDiscardSnapshot,
  'pve.await-status': pveAwaitStatus,
  'pve.backup': pveBackup,
  'pve.discard-backup': pveDiscardBackup,
  'process.spawn': processSpawn,
  'process.stop': processStop,
  'path.remove': pathRemove,
  'journals.remove': journalsRemove,
  'context.save': contextSave,
  'context.remove': contextRemove,
  'context.use': contextUse,
  'context.forget': contextForget,
  'pve.token': pveToken,
  'pve.discard-token': discardToken,
  'pve.entry': pveEntry,
  'pve.discard-entry': discardEntry,
  'pve.role': pveRole,
  'pve.discard-role': discardRole,
  'pve.pool': pvePool,
  'pve.discard-pool': discardPool,
  'pve.pool-members': poolMembers,
  'pve.migrate': pveMigrate,
  'context.rename': contextRename,
  'secret.transfer': secretTransfer,
  'secrets.encrypt': secretsEncrypt,
  'config.write': configWrite,
  'config.replace': configReplace,
  'bmc.pin': bmcPin,
  'catalog.save': catalogSave,
  'file.block': fileBlock,
  'schedule.cron': scheduleCron,
  'schedule.timer': scheduleTimer,
  'plugin.install': pluginInstall,
  'plugin.link': pluginLink,
  'plugin.uninstall': pluginUninstall,
  'plugin.restore': pluginRestore,
  'plugin.scaffold': pluginScaffold,
  'program.fetch': programFetch,
  'program.switch': programSwitch,
  'program.discard': programDiscard,
  'bmc.password': bmcPassword,
  'redfish.call': redfishCall,
  'bmc.await-certificate': bmcAwaitCertificate,
  'bmc.await-power': bmcAwaitPower,
  'bmc.set-clock': bmcSetClock,
};
