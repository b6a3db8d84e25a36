import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Contexts, Plan } from '@pmx-cli/kit';
import type { PmxError } from '@pmx-cli/kit/errors';
import { createFakeHost } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { planConfigImport } from '#dist/lib/operations/config/import/plan.js';
import type { OlderTool } from '#dist/lib/operations/config/import/tools.js';

const secret = 'abababab-1111-2222-3333-cdcdcdcdcdcd';

describe('planning config import', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-import-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const contexts = (known: Record<string, { endpoint: string }> = {}): Contexts =>
    createFakeHost({ contexts: known }).open({
      format: { type: 'table' },
      log: { format: 'text' },
      'no-color': true,
    }).contexts;

  const plan = (
    tool: OlderTool,
    name: string,
    text: string,
    more: { mode?: number; known?: Record<string, { endpoint: string }>; replace?: boolean } = {},
  ): Promise<Plan> => {
    const file = join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, more.mode ?? 0o600);
    const paths = { config: join(folder, 'c'), data: '', state: '', cache: '' };
    return planConfigImport(contexts(more.known), {
      paths,
      file,
      tool,
      name: 'old',
      replace: more.replace ?? false,
    });
  };
  const recordOf = ({ steps }: Plan): unknown =>
    (steps[0] as { args: { context?: unknown } }).args.context;

  const read: Array<[tool: OlderTool, file: string, text: string, record: object]> = [
    [
      'cpcg',
      '.env',
      `PVE_HOST=pve1\nPVE_TOKEN_ID=ci@pve!tok\nPVE_TOKEN_SECRET=${secret}\nSTORAGE_NAME=fast\n`,
      { endpoint: 'https://pve1:8006', tokenId: 'ci@pve!tok', storage: 'fast' },
    ],
    [
      'proxmox-mpc',
      '.env',
      `PROXMOX_HOST=10.0.0.2\nPROXMOX_PORT=8443\nPROXMOX_USERNAME=root\nPROXMOX_TOKEN_ID=mpc\nPROXMOX_TOKEN_SECRET="${secret}"\n`,
      { endpoint: 'https://10.0.0.2:8443', tokenId: 'root@pam!mpc' },
    ],
    [
      'time-shift',
      'config.json',
      JSON.stringify({ proxmox: { host: 'pve2', user: 'root@pam', defaultNode: 'n1' } }),
      { endpoint: 'https://pve2:8006', user: 'root@pam', node: 'n1' },
    ],
    [
      'time-shift',
      'config.yaml',
      'proxmox:\n  api-url: https://pve3:8006/api2/json\n  user: jane\n  realm: pve\n',
      { endpoint: 'https://pve3:8006', user: 'jane@pve' },
    ],
  ];
  for (const [tool, file, text, record] of read) {
    it(`${tool}: ${file}`, async () => {
      const made = await plan(tool, file, text);
      expect(recordOf(made)).to.deep.equal(record);
      const { secrets, ...rest } = made;
      expect(JSON.stringify(rest)).to.not.contain(secret);
      expect(Object.values(secrets ?? {})).to.deep.equal(text.includes(secret) ? [secret] : []);
    });
  }

  it('homelab has no server: its values become general settings', async () => {
    const made = await plan(
      'homelab',
      'homelab.conf',
      'AUTO_UPDATE=true\nLOG_LEVEL=WARNING\nDEFAULT_VM_STORAGE=local-lvm\nDEFAULT_VM_BRIDGE=vmbr1\n',
    );
    expect(made.result).to.deep.equal({
      context: null,
      settings: ['logLevel', 'defaults.storage', 'defaults.bridge'],
      left: ['AUTO_UPDATE'],
      secretStored: false,
    });
  });

  const notes: Array<[name: string, text: string, mode: number, note: string]> = [
    ['a secret that others could read', `PVE_TOKEN_SECRET=${secret}\n`, 0o644, 'replace it'],
    ['a secret without its id', `PVE_TOKEN_SECRET=${secret}\n`, 0o600, 'without its id'],
    ['a password', 'PVE_PASSWORD=hunter2\n', 0o600, 'make a token'],
    ['TLS switched off', 'PVE_VERIFY_SSL=false\n', 0o600, 'pin the certificate'],
    ['a name of its own', 'ODD=1\n', 0o600, 'Not taken over: ODD'],
  ];
  for (const [name, text, mode, note] of notes) {
    it(`says: ${name}`, async () => {
      const made = await plan('cpcg', 'x.conf', `PVE_HOST=pve1\n${text}`, { mode });
      expect(made.notes!.join(' ')).to.contain(note);
      expect(made.notes!.join(' ')).to.not.contain(secret).and.not.contain('hunter2');
    });
  }

  const refused: Array<[name: string, text: string, code: string, known?: object]> = [
    ['nothing of use', 'ODD=1\n', 'PMX_NOTHING_TO_IMPORT'],
    ['a host that is none', 'PVE_HOST=http://x\n', 'PMX_INVALID_ENDPOINT'],
    ['a token without !', 'PVE_HOST=x\nPVE_TOKEN_ID=root\n', 'PMX_INVALID_TOKEN_ID'],
    ['a log level that is none', 'PVE_HOST=x\nLOG_LEVEL=loud\n', 'PMX_INVALID_SETTING'],
    ['no assignment', 'nonsense\n', 'PMX_CONFIG_UNREADABLE'],
    ['a name that is taken', 'PVE_HOST=x\n', 'PMX_CONTEXT_EXISTS', { old: { endpoint: 'y' } }],
  ];
  for (const [name, text, code, known] of refused) {
    it(`refuses ${name}`, async () => {
      const error = await plan('cpcg', 'x.conf', text, { known: known as never }).then(
        () => expect.fail('planned'),
        (thrown: PmxError) => thrown,
      );
      expect(error.code).to.equal(code);
    });
  }
});
