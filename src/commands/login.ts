import { Args, Flags } from '@oclif/core';
import {
  ChangeCommand,
  noPlan,
  parseContextName,
  parseEndpoint,
  parseFingerprint,
  parseTokenId,
  type Plan,
} from '@pmx-cli/kit';

import { showLogin } from '../lib/commands/login-lines.js';
import type { LoginResult } from '../lib/operations/login/plan.js';

const server = 'SERVER';
const identity = 'IDENTITY';
const keep = 'WHAT IS KEPT';

export default class Login extends ChangeCommand<LoginResult> {
  static override summary = 'Log in to a Proxmox VE server and store it as a context.';
  static override description = `Finds port and realm, shows the certificate and what is wrong with it, and pins it if you say so. With a password
(and the code of a second factor) it makes a privilege-separated API token with the least role for one job, and stores
only that: the password is forgotten. If anything fails half way, token and role are removed again.

On a terminal it asks for what is missing. In scripts secrets come from stdin or from PMX_PASSWORD and PMX_TOKEN_SECRET,
never from the command line. "<%= config.bin %> login NAME" again renews a login, or pins a new certificate with --fingerprint.`;
  static override examples = [
    '<%= config.bin %> login --host pve1.example.org',
    'printf %s "$PASSWORD" | <%= config.bin %> login lab --host pve1:8006 --user root@pam --password-stdin --create-token --role operator --fingerprint 0A:1B:…',
    'printf %s "$SECRET" | <%= config.bin %> login ci --host pve1 --token-id ci@pve!pmx --token-stdin --ca-cert pve-root-ca.pem',
  ];
  static override args = {
    name: Args.custom<string>({
      description: 'Name of the context; from the host when left out.',
      ignoreStdin: true,
      parse: async (value) => parseContextName(value),
    })(),
  };
  static override flags = {
    host: Flags.custom<string>({
      description: 'Host, host:port or URL. Without a port 8006 is tried, then 443.',
      helpGroup: server,
      helpValue: 'HOST',
      parse: async (value) => {
        parseEndpoint(value);
        return value;
      },
    })(),
    fingerprint: Flags.custom<string>({
      description: "SHA-256 of the server's certificate; then only that certificate is accepted.",
      helpGroup: server,
      helpValue: 'AA:BB:…',
      parse: async (value) => parseFingerprint(value),
    })(),
    'ca-cert': Flags.file({
      description: 'CA certificate (PEM) to trust.',
      exists: true,
      helpGroup: server,
      helpValue: 'FILE',
    }),
    insecure: Flags.boolean({
      description: 'Accept any certificate. Warns on each use.',
      exclusive: ['fingerprint', 'ca-cert'],
      helpGroup: server,
    }),
    proxy: Flags.string({
      description: 'HTTP proxy to go through; the server is verified all the same.',
      helpGroup: server,
      helpValue: 'http://HOST:PORT',
    }),
    user: Flags.string({
      description: 'User to log in as, with or without realm.',
      helpGroup: identity,
      helpValue: 'USER[@REALM]',
    }),
    realm: Flags.string({
      description: "Realm of the user; the server's default when left out.",
      helpGroup: identity,
      helpValue: 'REALM',
    }),
    'password-stdin': Flags.boolean({
      description: 'Read the password from stdin.',
      exclusive: ['token-stdin', 'token-id'],
      helpGroup: identity,
    }),
    otp: Flags.string({
      description: 'Code of the second factor; good once and for half a minute.',
      helpGroup: identity,
      helpValue: 'CODE',
    }),
    'token-id': Flags.custom<string>({
      description: 'Use this API token instead of a password.',
      exclusive: ['user', 'create-token', 'role', 'token-name'],
      helpGroup: identity,
      helpValue: 'USER@REALM!NAME',
      parse: async (value) => parseTokenId(value),
    })(),
    'token-stdin': Flags.boolean({
      description: "Read the token's secret from stdin.",
      helpGroup: identity,
    }),
    'create-token': Flags.boolean({
      description: 'Make an API token and store that; --no-create-token stores no secret at all.',
      allowNo: true,
      helpGroup: keep,
    }),
    'token-name': Flags.string({
      description: 'Name of the token to make; pmx-HOSTNAME when left out.',
      helpGroup: keep,
      helpValue: 'NAME',
    }),
    role: Flags.option({
      description: 'What the token is for; it gets the least rights for that.',
      options: ['read-only', 'operator', 'template-builder', 'full'] as const,
      helpGroup: keep,
    })(),
    use: Flags.boolean({ description: 'Make it the current context.', helpGroup: keep }),
    replace: Flags.boolean({
      description: 'Replace a context of that name, though it is for another server.',
      helpGroup: keep,
    }),
  };

  /** Planning it is a login already. */
  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(Login);
    const { planLogin } = await import('../lib/operations/login/plan.js');
    return planLogin(this.session, {
      name: this.argsOf(Login).name,
      host: given.host,
      user: given.user,
      realm: given.realm,
      passwordStdin: given['password-stdin'],
      otp: given.otp,
      tokenId: given['token-id'],
      tokenStdin: given['token-stdin'],
      fingerprint: given.fingerprint,
      caFile: given['ca-cert'],
      insecure: given.insecure,
      proxy: given.proxy,
      createToken: given['create-token'],
      tokenName: given['token-name'],
      job: given.role,
      use: given.use,
      replace: given.replace,
      dryRun: this.parsedFlags['dry-run'] === true,
      argv: this.argv,
    });
  }

  protected override view(result: LoginResult): void {
    showLogin(this.output, this.config.bin, result);
  }
}
