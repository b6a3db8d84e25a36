import { expect } from 'chai';

import { Lab, type Outcome, writeRawDisk } from './support.ts';

const mebibyte = 2 ** 20;

interface ErrorDocument {
  error: {
    code: string;
    message: string;
    hints: string[];
    data: { undone: string[]; left: string[] };
  };
}

describe('what Proxmox VE refuses', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--capacity', '100M');
  });

  after(() => lab.stop());

  async function failsCleanly(
    args: string[],
    code: number,
    env?: Record<string, string>,
  ): Promise<ErrorDocument['error']> {
    const before = await lab.holdings();
    const outcome: Outcome = await lab.pmx([...args, '--json'], { env });
    expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(code);
    expect(await lab.holdings()).to.deep.equal(before);
    const { error } = JSON.parse(outcome.stdout) as ErrorDocument;
    expect(error.data.left).to.deep.equal([]);
    return error;
  }

  it('storage full in the middle of an upload: exit 3, nothing left', async () => {
    const image = lab.file('big.raw');
    writeRawDisk(image, 160 * mebibyte);
    const error = await failsCleanly(['template', 'create', '--image', image, '--name', 'big'], 3);
    expect(error.message).to.match(/No space left on device|not enough|full/i);
  });

  it('clone task that fails: exit 3 with the words of the task, nothing left', async () => {
    const image = lab.file('half.raw');
    writeRawDisk(image, 40 * mebibyte, true);
    await lab.json('template', 'create', '--image', image, '--name', 'half', '--format', 'raw');
    await lab.json('vm', 'create', 'fits', '--template', 'half', '--full');
    const error = await failsCleanly(
      ['vm', 'create', 'too-much', '--template', 'half', '--full'],
      3,
    );
    expect(error.code).to.equal('PMX_TASK_FAILED');
    expect(error.message).to.match(/clone failed|No space left/);
    await lab.json('vm', 'delete', 'fits', '--yes');
    await lab.json('template', 'delete', 'half', '--yes');
  });

  it('permission denied at the third of five steps: exit 3, privilege and path named, nothing left', async () => {
    const secret = await limitedToken(lab, [
      'VM.Allocate',
      'VM.Audit',
      'VM.Clone',
      'VM.Config.Memory',
      'VM.Config.Options',
      'VM.PowerMgmt',
      'VM.GuestAgent.Audit',
      'Datastore.AllocateSpace',
      'Datastore.Audit',
      'SDN.Use',
      'SDN.Audit',
      'Sys.Audit',
      'Pool.Audit',
    ]);
    await lab.template('small');
    const { endpoint, fingerprint } = await lab.json<{ endpoint: string; fingerprint: string }>(
      'context',
      'show',
      'sandbox',
    );
    const error = await failsCleanly(
      [
        'vm',
        'create',
        'halfway',
        '--template',
        'small',
        '--memory',
        '1G',
        '--disk',
        '80M',
        '--wait',
        'agent',
      ],
      3,
      {
        PMX_HOST: endpoint,
        PMX_FINGERPRINT: fingerprint,
        PMX_TOKEN_ID: 'limited@pve!t1',
        PMX_TOKEN_SECRET: secret,
      },
    );
    expect(error.code).to.equal('PMX_PERMISSION_DENIED');
    expect(error.message + error.hints.join(' ')).to.include('VM.Config.Disk');
    expect(error.data.undone).to.deep.equal(['Remove VM halfway']);
  });

  it('--keep-on-failure leaves it, and op rollback takes it back later', async () => {
    const before = await lab.holdings();
    const image = lab.file('big.raw');
    const failed = await lab.pmx([
      'template',
      'create',
      '--image',
      image,
      '--name',
      'kept',
      '--keep-on-failure',
    ]);
    expect(failed.code).to.equal(3);
    const [operation] = await lab.json<Array<{ id: string; status: string }>>(
      'op',
      'list',
      '--open',
    );
    expect(operation!.status).to.equal('interrupted');
    expect(failed.stderr).to.include(`pmx op rollback ${operation!.id}`);
    await lab.json('op', 'rollback', operation!.id);
    expect(await lab.holdings()).to.deep.equal(before);
    const again = await lab.pmx(['op', 'rollback', operation!.id]);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.include('rolled-back');
  });

  it('some of several targets: exit 3, one result each', async () => {
    await lab.json('vm', 'create', 'ok-1', '--template', 'small');
    const { vmid } = await lab.json<{ vmid: number }>(
      'vm',
      'create',
      'ok-2',
      '--template',
      'small',
    );
    // Unknown bridges are PVE's own surprise: accepted in the configuration, fatal at the start.
    await lab.json('api', 'put', `/nodes/pve1/qemu/${vmid}/config`, 'net0=virtio,bridge=vmbr99');
    const { code, stdout } = await lab.pmx(['vm', 'start', 'ok-1', 'ok-2', '--json']);
    expect(code).to.equal(3);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; data: { results: Array<{ ok: boolean }> } };
    };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    expect(error.data.results.map(({ ok }) => ok)).to.deep.equal([true, false]);
  });
});

/** A user with a privilege-separated token: every grant has to be given to both. */
async function limitedToken(lab: Lab, privileges: string[]): Promise<string> {
  await lab.json('api', 'post', '/access/roles', 'roleid=Limited', `privs=${privileges.join(',')}`);
  await lab.json('api', 'post', '/access/users', 'userid=limited@pve');
  const { data } = await lab.json<{ data: { value: string } }>(
    'api',
    'post',
    '/access/users/limited@pve/token/t1',
    'privsep=1',
  );
  for (const who of ['users=limited@pve', 'tokens=limited@pve!t1']) {
    await lab.json('api', 'put', '/access/acl', 'path=/', 'roles=Limited', who);
  }
  return data.value;
}
