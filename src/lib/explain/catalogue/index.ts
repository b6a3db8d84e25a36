import type { ErrorEntry } from '../entry.js';
import { access } from './access.js';
import { atThePrompt } from './at-the-prompt.js';
import { backupJobs } from './backup-jobs.js';
import { baking } from './baking.js';
import { bmc } from './bmc.js';
import { bmcChanges } from './bmc-changes.js';
import { bulk } from './bulk.js';
import { cloudInit } from './cloud-init.js';
import { cloudInitTemplates } from './cloud-init-templates.js';
import { configuration } from './configuration.js';
import { connection } from './connection.js';
import { consoles } from './consoles.js';
import { contexts } from './contexts.js';
import { credentials } from './credentials.js';
import { distributions } from './distributions.js';
import { files } from './files.js';
import { guestVerbs } from './guest-verbs.js';
import { guests } from './guests.js';
import { images } from './images.js';
import { infrastructure } from './infrastructure.js';
import { input } from './input.js';
import { login } from './login.js';
import { making } from './making.js';
import { operations } from './operations.js';
import { output } from './output.js';
import { permissions } from './permissions.js';
import { places } from './places.js';
import { plugins } from './plugins.js';
import { program } from './program.js';
import { reach } from './reach.js';
import { safety } from './safety.js';
import { sandbox } from './sandbox.js';
import { secrets } from './secrets.js';
import { targets } from './targets.js';
import { tasks } from './tasks.js';
import { timeModes } from './time-modes.js';
import { time } from './time.js';
import { templateLife } from './template-life.js';
import { templates } from './templates.js';
import { tls } from './tls.js';
import { updates } from './updates.js';
import { volumes } from './volumes.js';

/** Every error code of pmx, in alphabetical order. */
export const catalogue: readonly ErrorEntry[] = [
  atThePrompt,
  connection,
  tls,
  credentials,
  login,
  permissions,
  access,
  contexts,
  configuration,
  secrets,
  places,
  infrastructure,
  volumes,
  guests,
  guestVerbs,
  safety,
  backupJobs,
  targets,
  tasks,
  templates,
  baking,
  templateLife,
  making,
  operations,
  bulk,
  bmc,
  bmcChanges,
  files,
  images,
  distributions,
  cloudInit,
  cloudInitTemplates,
  input,
  output,
  reach,
  consoles,
  time,
  timeModes,
  sandbox,
  plugins,
  program,
  updates,
]
  .flat()
  .sort((a, b) => (a.code < b.code ? -1 : 1));
