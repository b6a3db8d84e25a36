import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { multipart } from '../helper.ts';
import type { Send } from '../helper.ts';
import type { Stage } from './stage.ts';

type Action = (stage: Stage) => Promise<void>;
type Special = Send | ((stage: Stage, ticket: string) => Promise<Send>);

/** What one recording needs around its exchanges. The keys are names without the file. */
export interface Scenario {
  file: string;
  /** The guest agent never comes up: the recorded guest had an empty disk. */
  agentless?: boolean;
  /** What was there when the recording began. */
  setup?: Action;
  /** Recordings that went before it on the same server and whose tasks it looks at. */
  follows?: readonly string[];
  /** What was done meanwhile by other means. */
  before?: Readonly<Record<string, Action>>;
  after?: Readonly<Record<string, Action>>;
  /** What the recording does not say about a request: bodies of uploads, broken credentials. */
  send?: Readonly<Record<string, Special>>;
}

const ZEROS = Buffer.alloc(300_000);
const QCOW2 = Buffer.concat([Buffer.from('514649fb00000003', 'hex'), Buffer.alloc(196_616)]);
const SUM = '886715e4051e827f4fe215df3053af3f85ad0d352db2c829c7487af6d78efe30';

const cookie = (ticket: string): Record<string, string> => ({ Cookie: `PVEAuthCookie=${ticket}` });

function file(
  fields: Record<string, string>,
  name: string,
  content: Buffer,
  field?: string,
): Special {
  return () => Promise.resolve(multipart(fields, name, content, field));
}

function noFile(boundary = 'x'): Special {
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    raw: `--${boundary}\r\nContent-Disposition: form-data; name="content"\r\n\r\niso\r\n--${boundary}--\r\n`,
  };
}

/** The file before its fields: PVE does not look at what comes after it. */
function fileFirst(): Special {
  const { type, raw } = multipart({}, 'ff.iso', Buffer.alloc(1000));
  return { type, raw };
}

const grant = (remove: boolean): Action => {
  const form = {
    path: '/vms/101',
    users: 'lab@pve',
    roles: 'PVEVMUser',
    ...(remove ? { delete: 1 } : {}),
  };
  return (stage) => stage.must('PUT', '/access/acl', form);
};

/** A web server with the files that the recordings download; the result stops it. */
export async function serveFiles(): Promise<{ port: number; close: () => Promise<void> }> {
  const small = Buffer.alloc(2_000_000);
  const server = createServer((request, response) => {
    if (request.url === '/small.iso')
      response.writeHead(200, {
        'Content-Type': 'application/x-iso9660-image',
        'Content-Length': small.length,
      });
    else if (request.url === '/disk.qcow2')
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Length': QCOW2.length,
      });
    else {
      response.writeHead(404, 'File not found').end();
      return;
    }
    response.end(
      request.method === 'HEAD' ? undefined : request.url === '/small.iso' ? small : QCOW2,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

let unlock: (() => Promise<void>) | undefined;

export const SCENARIOS: readonly Scenario[] = [
  {
    file: '01basic',
    setup: async (stage) => {
      await stage.must('DELETE', '/storage/isoonly');
      await stage.must('PUT', '/storage/local', {
        content: 'iso,snippets,backup,vztmpl,images,rootdir',
      });
      // The recorded server had one task behind it.
      await stage.must('DELETE', '/nodes/pve1/storage/local/content/local:iso/none.iso');
    },
    send: {
      '010-version-cookie-raw': (_, ticket) => Promise.resolve({ auth: cookie(ticket) }),
      '011-version-auth-header-ticket': (_, ticket) =>
        Promise.resolve({ auth: { Authorization: `PVEAuthCookie=${ticket}` } }),
      '012-version-bad-ticket': { auth: cookie('PVE:root@pam:6B001111::bad') },
    },
  },
  {
    file: '02vm',
    setup: async (stage) => {
      await stage.storages();
      await stage.image('test.qcow2', 1024 ** 3, 196_624);
    },
  },
  {
    file: '03perm',
    setup: async (stage) => {
      await stage.storages();
      await stage.linked();
    },
    before: {
      '017-locked-status': (stage) =>
        stage.must('PUT', `${stage.vm(101)}/config`, { lock: 'backup' }),
      '032-flock-put': async (stage) => {
        await stage.must('PUT', `${stage.vm(101)}/config`, { delete: 'lock', skiplock: 1 });
        unlock = await stage.holdLock(101);
      },
    },
    after: { '036-flock-start-log': () => unlock!() },
  },
  {
    file: '04user',
    setup: async (stage) => {
      await stage.storages();
      await stage.linked();
      await stage.full();
      await stage.lab();
    },
    before: {
      '022-perm-config': grant(false),
      '026-ticket-user-disabled': (stage) =>
        stage.must('PUT', '/access/users/lab@pve', { enable: 0 }),
      '027-skiplock-nonroot': (stage) => stage.must('PUT', '/access/users/lab@pve', { enable: 1 }),
    },
    send: {
      '020-no-csrf': (_, ticket) => Promise.resolve({ auth: cookie(ticket) }),
      '021-bad-csrf': (_, ticket) =>
        Promise.resolve({ auth: { ...cookie(ticket), CSRFPreventionToken: '6B001111:bad' } }),
    },
  },
  {
    file: '06storage',
    setup: async (stage) => {
      await stage.storages();
      await stage.linked();
      await stage.full();
      await stage.must('PUT', `${stage.vm(101)}/config`, { memory: 700 });
    },
    before: {
      '071-del-iso': async (stage) => {
        const rows = await stage.read('/nodes/pve1/storage/local/content');
        if (!rows.some((row: { volid: string }) => row.volid === 'local:iso/dl.iso'))
          await stage.iso('dl.iso');
      },
    },
    send: {
      '002-upload-iso': file({ content: 'iso' }, 'tiny.iso', ZEROS),
      '006-upload-iso-again': file({ content: 'iso' }, 'tiny.iso', ZEROS),
      '010-upload-checksum': file(
        { content: 'iso', checksum: SUM, 'checksum-algorithm': 'sha256' },
        'sum.iso',
        ZEROS,
      ),
      '014-upload-badsum': file(
        { content: 'iso', checksum: '0'.repeat(64), 'checksum-algorithm': 'sha256' },
        'bad.iso',
        ZEROS,
      ),
      '018-upload-badext': file({ content: 'iso' }, 'tiny.txt', ZEROS),
      '019-upload-badcontent': file({ content: 'images' }, 'x.iso', ZEROS),
      '020-upload-wrongstorage': file({ content: 'import' }, 'x.qcow2', QCOW2),
      '021-upload-import': async (stage) =>
        multipart({ content: 'import' }, 'up.qcow2', await stage.testImage()),
      '025-upload-import-notqcow2': file({ content: 'import' }, 'not.qcow2', ZEROS),
      '029-upload-nofile': noFile(),
      '030-upload-snippets': file({ content: 'snippets' }, 'x.yaml', ZEROS),
      '031-upload-spacename': file({ content: 'iso' }, 'my file (1).iso', ZEROS),
    },
  },
  {
    file: '07tasks',
    follows: ['02vm'],
    setup: async (stage) => {
      await stage.must('POST', `${stage.vm(101)}/status/start`, {});
      await stage.must('POST', `${stage.vm(101)}/status/stop`, {});
    },
  },
  {
    file: '08power',
    agentless: true,
    setup: async (stage) => {
      await stage.storages();
      await stage.linked('linked2');
      await stage.full();
      await stage.must('PUT', `${stage.vm(101)}/config`, { memory: 700 });
      await stage.must('POST', '/nodes/pve1/qemu', { vmid: 112 });
    },
    // The recorded QEMU could not save its memory; the sandbox can.
    before: {
      '040-snapshots': (stage) => stage.must('DELETE', `${stage.vm(101)}/snapshot/live2`),
    },
    send: {
      // A second less to wait; the answer is the same.
      '060-shutdown-timeout': { form: { timeout: 1 } },
      '064-shutdown-force': { form: { timeout: 1, forceStop: 1 } },
    },
  },
  {
    file: '09agent',
    setup: async (stage) => {
      await stage.image('debian-cloud.qcow2', 2 * 1024 ** 3, 0);
      await stage.must('POST', '/nodes/pve1/qemu', { vmid: 112 });
    },
    before: {
      // QEMU did not run on the recorded host with this CPU: the VM stayed off.
      '034-ping-0': (stage) => stage.must('POST', `${stage.vm(901)}/status/stop`, {}),
      '061-login': async (stage) => {
        await stage.must('PUT', `${stage.vm(901)}/config`, { cpu: 'max', kvm: 0 });
        await stage.must('PUT', `${stage.vm(901)}/resize`, { disk: 'scsi0', size: '+256M' });
        await stage.must('POST', `${stage.vm(901)}/snapshot`, { snapname: 'a1' });
        await stage.must('POST', `${stage.vm(901)}/status/start`, {});
      },
    },
    send: {
      '011-delete-with-form-body': { form: { purge: 1 } },
      '012-delete-with-json-body': { json: { purge: 1 } },
      '013-delete-empty-body-ctype': { type: 'application/json' },
    },
  },
  {
    file: '11expired',
    send: {
      '001-fresh-minted': async (stage) => ({ auth: cookie(await stage.mint(0)) }),
      '002-expired-3h': async (stage) => ({ auth: cookie(await stage.mint(3)) }),
      '003-renew-with-ticket-as-password': async (stage) => ({
        form: { username: 'root@pam', password: await stage.mint(0) },
      }),
      '004-renew-with-expired': async (stage) => ({
        form: { username: 'root@pam', password: await stage.mint(3) },
      }),
    },
  },
  {
    file: '12sweep',
    setup: async (stage) => {
      await stage.storages();
      await stage.linked('linked2');
      await stage.full();
      await stage.must('PUT', `${stage.vm(101)}/config`, { memory: 700 });
      await stage.must('PUT', `${stage.vm(101)}/resize`, { disk: 'scsi0', size: '+512M' });
      await stage.debian();
      await stage.lab();
      await grant(false)(stage);
      await stage.must('POST', '/access/users/root@pam/token/ci', { privsep: 0, comment: 'ci' });
      for (const token of ['tmp1795168543', 'tmp1795168561'])
        await stage.must('POST', `/access/users/root@pam/token/${token}`, { privsep: 0 });
      for (const name of ['dl2.iso', 'sum.iso', 'my_file__1_.iso', 'tiny.iso'])
        await stage.iso(name);
    },
  },
  {
    file: '13wire',
    setup: async (stage) => {
      await stage.storages();
      await stage.debian();
    },
    send: {
      '004-gzip': { headers: { 'Accept-Encoding': 'gzip' } },
      '005-file-first': fileFirst(),
      '006-wrong-field': file({ content: 'iso' }, 'x.iso', Buffer.alloc(1000), 'file'),
      '007-no-csrf-upload': async (_, ticket) => ({
        ...multipart({ content: 'iso' }, 'ff3.iso', Buffer.alloc(1000)),
        auth: cookie(ticket),
      }),
      '011-host-hdr': { headers: { Host: 'pve.example.com' } },
      '018-bad-json': { raw: '{"vmid":', type: 'application/json' },
      '019-text-plain-body': { raw: 'x', type: 'text/plain' },
    },
  },
];
