import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Flags } from '@oclif/core';
import { RequestError, ShowCommand } from '@pmx-cli/kit';

import { contextFlag, dataFlag } from '../../control/flags.js';
import { locate, runningSandbox, tokenId } from '../../control/location.js';

interface Environment {
  variables: Record<string, string>;
  /** Where pmx keeps the secret, under the name of the context. */
  secretFile: string;
}

export default class SandboxEnv extends ShowCommand<Environment> {
  static override summary = 'Print how other clients reach the sandbox.';
  static override description = `Lines for a shell: eval "$(<%= config.bin %> sandbox env --show-secret)".
Without --show-secret the secret itself is left out and only the file that holds it is named: what stands on a terminal
stays in its scrollback, in recordings of it and in the logs of a CI.`;
  static override examples = [
    '<%= config.bin %> sandbox env',
    'eval "$(<%= config.bin %> sandbox env --show-secret)"',
  ];
  static override flags = {
    context: contextFlag,
    data: dataFlag,
    'show-secret': Flags.boolean({ description: 'Print the secret of the API token, too.' }),
  };

  protected override async show(): Promise<Environment> {
    const { context, data, 'show-secret': showSecret } = this.flagsOf(SandboxEnv);
    const location = locate(this.session.paths.data, data);
    const running = runningSandbox(location);
    if (!running) {
      throw new RequestError({
        code: 'PMX_SANDBOX_NOT_RUNNING',
        message: `No sandbox runs on ${location.dataDir}.`,
        hints: ['pmx sandbox start --detach', 'Or name the folder of another one: --data DIR'],
      });
    }
    const secretFile = join(this.session.paths.config, 'secrets.json');
    return {
      variables: {
        PVE_HOST: new URL(running.url).host,
        PVE_TOKEN_ID: tokenId,
        ...(showSecret && { PVE_TOKEN_SECRET: readSecret(secretFile, context, running.url) }),
        PVE_CACERT: location.certificateFile,
        PMX_FINGERPRINT: running.fingerprint,
      },
      secretFile,
    };
  }

  protected override view({ variables, secretFile }: Environment): void {
    for (const [name, value] of Object.entries(variables))
      this.output.print(`export ${name}=${quoted(value)}`);
    if (variables['PVE_TOKEN_SECRET'] === undefined)
      this.output.print(`# PVE_TOKEN_SECRET is in ${secretFile}; --show-secret prints it`);
  }
}

/** A secret belongs to one endpoint, and is never handed out for another one. */
function readSecret(file: string, context: string, endpoint: string): string {
  let stored: Record<string, { endpoint?: string; secret?: string }> = {};
  try {
    stored = JSON.parse(readFileSync(file, 'utf8')) as typeof stored;
  } catch {
    // Told below; the parser's own words could quote a secret.
  }
  const own = Object.hasOwn(stored, context) ? stored[context] : undefined;
  if (own?.endpoint === endpoint && own.secret !== undefined) return own.secret;
  throw new RequestError({
    code: 'PMX_NO_SECRET',
    message: `${file} holds no secret of context '${context}' for ${endpoint}.`,
    hints: [
      'Start the sandbox again, which makes a new one: pmx sandbox stop, pmx sandbox start -d',
    ],
  });
}

function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
