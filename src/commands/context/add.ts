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
line. It is kept apart from the configuration, in the keychain or a file that only you can read, and is only ever
sent to this endpoint. Or it comes from --secret-command whenever it is needed.`;
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
    'default-pool': Flags.string({ description: 'Pool for new guests.', helpValue: 'POOL' }),
    vmids: Flags.string({
      description: 'Range that new guests get their VMID from.',
      helpValue: 'FIRST-LAST',
    }),
    tags: Flags.string({ description: 'Tags of new guests.', helpValue: 'TAG,…' }),
    endpoint: Flags.string({
      description: 'Further address of the same cluster. May be given several times.',
      helpValue: 'HOST',
      multiple: true,
    }),
    proxy: Flags.string({
      description: 'HTTP proxy on the way to the server.',
      helpValue: 'http://HOST:PORT',
    }),
    header: Flags.string({
      description: 'Header for a gateway; secrets as ${VARIABLE}. May be given several times.',
      helpValue: 'NAME=VALUE',
      multiple: true,
    }),
    'read-only': Flags.boolean({ description: 'Refuse every write.' }),
    confirm: Flags.option({
      description: 'Ask before every change, or only before what cannot be taken back.',
      options: ['always', 'destructive'] as const,
    })(),
    'secret-command': Flags.string({
      description: 'Program with its arguments that prints the secret; run without a shell.',
      helpValue: "'PROGRAM ARG …'",
      exclusive: ['token-stdin'],
    }),
    replace: Flags.boolean({ description: 'Replace a context of that name.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { name } = this.argsOf(ContextAdd);
    const given = this.flagsOf(ContextAdd);
    const [{ planContextAdd }, { checkRecord }, { readSecret }] = await Promise.all([
      import('../../lib/operations/context/change.js'),
      import('../../lib/operations/context/record.js'),
      import('../../lib/auth/read-secret.js'),
    ]);
    return planContextAdd(this.session.contexts, {
      name,
      replace: given.replace,
      record: checkRecord(name, {
        endpoint: given.host,
        endpoints: given.endpoint,
        tokenId: given['token-id'],
        fingerprint: given.fingerprint,
        caFile: given['ca-cert'],
        insecure: given.insecure || undefined,
        node: given['default-node'],
        storage: given['default-storage'],
        bridge: given['default-bridge'],
        pool: given['default-pool'],
        vmids: given.vmids,
        tags: given.tags,
        proxy: given.proxy,
        headers: given.header,
        readOnly: given['read-only'] || undefined,
        confirm: given.confirm,
        secretCommand: given['secret-command'],
      }),
      secret: async () =>
        given['secret-command'] !== undefined
          ? undefined
          : readSecret({
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
