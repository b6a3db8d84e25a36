import { existsSync } from 'node:fs';

import { ShowCommand } from '@pmx-cli/kit';

import { dataFlag } from '../../control/flags.js';
import { contextName, locate, type Ready, runningSandbox } from '../../control/location.js';

interface Status extends Partial<Ready> {
  running: boolean;
  data: string;
  dataExists: boolean;
  engine: 'sim';
  context: string;
}

export default class SandboxStatus extends ShowCommand<Status> {
  static override summary = 'Show whether the sandbox runs, and where.';
  static override examples = ['<%= config.bin %> sandbox status'];
  static override flags = { data: dataFlag };

  protected override async show(): Promise<Status> {
    const location = locate(this.session.paths.data, this.flagsOf(SandboxStatus).data);
    const running = runningSandbox(location);
    return {
      running: running !== undefined,
      ...running,
      data: location.dataDir,
      dataExists: existsSync(location.stateFile),
      engine: 'sim',
      context: contextName,
    };
  }

  protected override view(status: Status): void {
    this.output.fields([
      ['Running', status.running ? 'yes' : 'no'],
      ['URL', status.url],
      ['Nodes', status.nodes],
      ['Process', status.pid],
      ['Started', status.startedAt],
      ['Fingerprint', status.fingerprint],
      ['Engine', status.engine],
      ['Context', status.context],
      ['Data', status.dataExists ? status.data : `${status.data} (empty)`],
    ]);
  }
}
