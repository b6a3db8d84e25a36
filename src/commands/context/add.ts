import { Args, Flags } from '@oclif/core';
import {
  ChangeCommand,
  parseContextName,
  parseEndpoint,
  parseFingerprint,
  parseTokenId,
  type Plan,
} from '@pmx-cli/kit';

interface ContextAddResult {
  name: string;
  endpoint: string;
  current: boolean;
}

export default class ContextAdd extends ChangeCommand<ContextAddResult> {
  static override summary = 'Store how to reach a Proxmox VE server.';
  static override description = `The token's secret comes from stdin, the environment (PMX_TOKEN_SECRET) or a prompt, never from the command
line. It is kept apart from the configuration, in a file that only you can read, and is only ever sent to
this endpoint.`;
  static override examples = [
    '<%= config.bin %> context add lab --host pve1.example.org --token-id root@pam!pmx',
    'printf %s "$SECRET" | <%= config.bin %> context add ci --host pve1:8006 --token-id ci@pve!pmx --token-stdin --fingerprint 0A:1B:…',
  ];
  static override args = {
    name: Args.custom<string>({
      description: 'Name of the context.',
      ignoreStdin: true,
      parse: async (value) => parseContextName(value),
    })({ required: true }),
  };
  static override flags = {
    host: Flags.custom<string>({
      description: 'Host, host:port or URL of the API.',
      helpValue: 'HOST',
      parse: async (value) => parseEndpoint(value),
    })({ required: true }),
    'token-id': Flags.custom<string>({
      description: 'API token, without the secret.',
      helpValue: 'USER@REALM!NAME',
      parse: async (value) => parseTokenId(value),
    })({ required: true }),
    'token-stdin': Flags.boolean({ description: "Read the token's secret from stdin." }),
    fingerprint: Flags.custom<string>({
      description: "SHA-256 of the server's certificate; then only that certificate is accepted.",
      helpValue: 'AA:BB:…',
      parse: async (value) => parseFingerprint(value),
    })(),
    'ca-cert': Flags.file({
      description: 'CA certificate (PEM) to trust.',
      exists: true,
      helpValue: 'FILE',
    }),
    insecure: Flags.boolean({
      description: 'Accept any certificate. Warns on each use.',
      exclusive: ['fingerprint', 'ca-cert'],
    }),
    'default-node': Flags.string({
      description: 'Node to use when none is given.',
      helpValue: 'NODE',
    }),
    'default-storage': Flags.string({
      description: 'Storage to use when none is given.',
      helpValue: 'STORAGE',
    }),
    'default-bridge': Flags.string({
      description: 'Bridge to use when none is given.',
      helpValue: 'BRIDGE',
    }),
    replace: Flags.boolean({ description: 'Replace a context of that name.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { name } = this.argsOf(ContextAdd);
    const given = this.flagsOf(ContextAdd);
    const [{ planContextAdd }, { readSecret }] = await Promise.all([
      import('../../lib/operations/context/change.js'),
      import('../../lib/auth/read-secret.js'),
    ]);
    return planContextAdd(this.session.contexts, {
      name,
      replace: given.replace,
      record: {
        endpoint: given.host,
        tokenId: given['token-id'],
        fingerprint: given.fingerprint,
        caFile: given['ca-cert'],
        insecure: given.insecure || undefined,
        node: given['default-node'],
        storage: given['default-storage'],
        bridge: given['default-bridge'],
      },
      secret: () =>
        readSecret({
          what: `Secret of token ${given['token-id']}`,
          stdin: given['token-stdin'],
          variable: 'PMX_TOKEN_SECRET',
          prompt: this.session.prompt,
        }),
    });
  }

  protected override view(result: ContextAddResult): void {
    this.output.print(
      `Context ${result.name} (${result.endpoint}) is stored${result.current ? ' and current' : ''}.`,
    );
  }
}
