import { Flags, RequestError, ShowCommand } from '@pmx-cli/kit';

import { contextFlag, dataFlag } from '../../control/flags.js';
import { locate, runningSandbox, tokenId } from '../../control/location.js';

interface Environment {
  variables: Record<string, string>;
}

export default class SandboxEnv extends ShowCommand<Environment> {
  static override summary = 'Print how other clients reach the sandbox.';
  static override description = `Lines for a shell: eval "$(<%= config.bin %> sandbox env --show-secret)".
Without --show-secret the secret itself is left out: what stands on a terminal stays in its scrollback, in recordings of it
and in the logs of a CI.`;
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
    return {
      variables: {
        PVE_HOST: new URL(running.url).host,
        PVE_TOKEN_ID: tokenId,
        ...(showSecret && { PVE_TOKEN_SECRET: await this.#secret(context, running.url) }),
        PVE_CACERT: location.certificateFile,
        PMX_FINGERPRINT: running.fingerprint,
      },
    };
  }

  /** Of this sandbox only: a context may have been given to another server meanwhile. */
  async #secret(context: string, url: string): Promise<string> {
    const { contexts } = this.session;
    const { endpoint } = await contexts.get(context);
    const secret = endpoint === url ? await contexts.secret(context) : undefined;
    if (secret !== undefined) return secret;
    throw new RequestError({
      code: 'PMX_NO_SECRET',
      message: `There is no secret of context '${context}' for ${url}.`,
      hints: ['Start the sandbox again, which makes one: pmx sandbox stop, pmx sandbox start -d'],
    });
  }

  protected override view({ variables }: Environment): void {
    for (const [name, value] of Object.entries(variables))
      this.output.print(`export ${name}=${quoted(value)}`);
    if (variables['PVE_TOKEN_SECRET'] === undefined)
      this.output.print('# PVE_TOKEN_SECRET: --show-secret prints it');
  }
}

function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
