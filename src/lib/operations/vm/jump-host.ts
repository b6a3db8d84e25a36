import type { Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { readPublicKeys } from './cloud-init.js';
import { type NewVmRequest, planNewVm } from './create-any.js';

export interface JumpHostRequest {
  /** As for `vm create`, with the name of its template. */
  vm: NewVmRequest & { template: string };
  /** Whom cloud-init makes; left out: the user that the distribution has. */
  user?: string | undefined;
  sshKeyFiles: readonly string[];
  packages: readonly string[];
}

/** The agent through which the clock is shifted, and what looks at an old server. */
const always = ['qemu-guest-agent', 'ca-certificates', 'curl', 'openssl'];
const legacyConf = '/etc/ssl/openssl-legacy.cnf';

/** What OpenSSL of today leaves out: TLS 1.0, small keys, SHA-1, servers without RFC 5746. */
const legacyTls = `openssl_conf = conf
[conf]
ssl_conf = ssl
[ssl]
system_default = legacy
[legacy]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
Options = UnsafeLegacyServerConnect,UnsafeLegacyRenegotiation
`;

const legacyCurl = `#!/bin/sh
# curl for servers that speak old TLS. Certificates are checked as ever.
OPENSSL_CONF=${legacyConf} exec curl --ciphers ALL:@SECLEVEL=0 --tlsv1.0 "$@"
`;

/** A VM from which old management controllers can be reached: for `pmx time shift`. */
export async function planJumpHost(
  pve: PveReader,
  inventory: Inventory,
  request: JumpHostRequest,
): Promise<Plan> {
  const { vm, user, packages } = request;
  const keys = ((await readPublicKeys(request.sshKeyFiles)) ?? '').split('\n').filter(Boolean);
  const plan = await planNewVm(pve, inventory, {
    ...vm,
    settings: { ...vm.settings, agent: 'enabled=1' },
    cloudInit: {
      kind: 'nocloud',
      sshKeyFiles: [],
      files: {
        ...vm.cloudInit.files,
        userDataText: await jumpUserData({ user, keys, packages }),
      },
    },
  }).catch((error: unknown) => {
    throw withNextStep(error, vm.template);
  });
  return {
    ...plan,
    notes: [
      ...(plan.notes ?? []),
      'Packages are installed with its first boot, for which it needs a way to a mirror of its distribution.',
      ...(keys.length === 0
        ? ['Without --ssh-key nobody gets in but through the agent: pmx vm exec']
        : []),
      `Then for example: pmx time run ${vm.name} --from-idrac HOST -- curl-legacy https://HOST/`,
    ],
  };
}

export async function jumpUserData({
  user,
  keys,
  packages,
}: {
  user: string | undefined;
  keys: readonly string[];
  packages: readonly string[];
}): Promise<string> {
  const { stringify } = await import('yaml');
  const own = user !== undefined && {
    users: [
      {
        name: user,
        shell: '/bin/bash',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        ...(keys.length > 0 && { ssh_authorized_keys: [...keys] }),
      },
    ],
  };
  const document = {
    package_update: true,
    packages: [...new Set([...always, ...packages])],
    ...(own || (keys.length > 0 && { ssh_authorized_keys: [...keys] })),
    write_files: [
      { path: legacyConf, permissions: '0644', content: legacyTls },
      { path: '/usr/local/bin/curl-legacy', permissions: '0755', content: legacyCurl },
    ],
    runcmd: [['systemctl', 'enable', '--now', 'qemu-guest-agent']],
  };
  return `#cloud-config\n${stringify(document)}`;
}

function withNextStep(error: unknown, template: string): unknown {
  if (!isPmxError(error) || !/_NOT_FOUND$/.test(error.code) || !error.message.includes(template))
    return error;
  return new RequestError({
    code: error.code,
    message: error.message,
    hints: [
      `Make it from the catalogue first: pmx template create ${template}`,
      'Or take another one: --template NAME (pmx template list)',
    ],
    cause: error,
  });
}
