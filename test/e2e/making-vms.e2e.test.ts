import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab } from './support.ts';

interface Made {
  target: string;
  ok: boolean;
  result: { vmid: number; name: string };
}

describe('making VMs', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    const isos = join(lab.path, 'data', 'sandbox', 'storages', 'pve1', 'local', 'template/iso');
    mkdirSync(isos, { recursive: true });
    writeFileSync(join(isos, 'debian-13.iso'), 'x');
  });
  after(() => lab.stop());

  const config = (vmid: number): Promise<Record<string, unknown>> =>
    lab.json('api', 'get', `/nodes/pve1/qemu/${vmid}/config`);

  it('with an installer, UEFI and a TPM', async () => {
    const flags = '--iso debian-13.iso --disk 4G --disk 1G,ssd=1 --secure-boot --tpm --agent';
    const { vmid } = await lab.json<{ vmid: number }>(
      ...`vm create desk ${flags} --vga virtio --onboot`.split(' '),
    );
    const made = await config(vmid);
    expect(made).to.deep.include({
      boot: 'order=scsi0;ide2;net0',
      bios: 'ovmf',
      agent: 'enabled=1',
      vga: 'virtio',
      onboot: 1,
    });
    expect(made['ide2']).to.match(/^local:iso\/debian-13\.iso,media=cdrom/);
    expect(made['scsi1']).to.contain('ssd=1');
    expect(made['tpmstate0']).to.contain('version=v2.0');
    expect(made['efidisk0']).to.contain('pre-enrolled-keys=1');
  });

  it('several at once, each a change of its own', async () => {
    const made = await lab.json<Made[]>(
      ...'vm create web-01..03 --template base --ip 10.0.0.10/24,gw=10.0.0.1 --start'.split(' '),
    );
    expect(made.map(({ target, ok }) => `${target} ${ok}`)).to.deep.equal([
      'VM web-01 true',
      'VM web-02 true',
      'VM web-03 true',
    ]);
    expect(new Set(made.map(({ result }) => result.vmid)).size).to.equal(3);
    expect(await config(made[2]!.result.vmid)).to.include({
      ipconfig0: 'ip=10.0.0.12/24,gw=10.0.0.1',
    });
    const again = await lab.pmx(
      'vm create api --template base --ip 10.0.0.11/24 --dry-run'.split(' '),
    );
    expect(again.stdout).to.match(/note: {2}web-02 \(\d+\) has the address 10\.0\.0\.11 already/);
  });

  it('one that fails leaves the others, exit 3', async () => {
    const rule = '--action task-fail --path /nodes/*/qemu --method POST --nth 2'.split(' ');
    await lab.json('sandbox', 'fault', 'add', ...rule);
    const { code, stdout } = await lab.pmx([
      ...'vm create e-{n} --count 3 --empty --json'.split(' '),
    ]);
    await lab.json('sandbox', 'fault', 'clear');
    expect(code).to.equal(3);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; data: { results: Array<{ ok: boolean }> } };
    };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    expect(error.data.results.filter(({ ok }) => ok)).to.have.length(2);
    const rows = await lab.json<Array<{ name: string }>>('vm', 'list');
    expect(rows.filter(({ name }) => name.startsWith('e-'))).to.have.length(2);
  });

  it('from the rows of a file, over flags, over a profile', async () => {
    await lab.json(...'vm profile set db memory=3G cores=3 template=base tags=db'.split(' '));
    writeFileSync(lab.file('vms.csv'), 'name,memory,empty\ndb-01,1G,\ndb-02,,true\n');
    const made = await lab.json<Made[]>(
      ...['vm', 'create', '--from-csv', lab.file('vms.csv'), '--profile', 'db', '--cores', '2'],
    );
    expect(await config(made[0]!.result.vmid)).to.include({ memory: '1024', cores: 2, tags: 'db' });
    expect(await config(made[1]!.result.vmid)).to.include({ memory: '3072', cores: 2 });
    expect(made[1]!.result).to.include({ template: null });
    await lab.json('vm', 'profile', 'remove', 'db');
    expect(await lab.json('vm', 'profile', 'list')).to.deep.equal([]);
  });

  for (const [words, code] of [
    ['vm create web', 'PMX_USAGE'],
    ['vm create', 'PMX_USAGE'],
    ['vm create web --template base --empty', 'PMX_USAGE'],
    ['vm create web --empty --linked', 'PMX_USAGE'],
    ['vm create web --profile nosuch', 'PMX_PROFILE_NOT_FOUND'],
    ['vm create web --iso nosuch.iso', 'PMX_ISO_NOT_FOUND'],
    ['vm create web-5..1 --empty', 'PMX_INVALID_BULK'],
    ['vm create web --count 2 --empty', 'PMX_INVALID_BULK'],
    ['vm create web-{n} --count 9 --empty --ip 10.0.0.250/24', 'PMX_ADDRESSES_EXHAUSTED'],
    ['vm create web --empty --disk 1G,slot=scsi99', 'PMX_INVALID_DISK'],
    ['vm create web --empty --disk 0G', 'PMX_INVALID_SIZE'],
    ['vm create --from-csv nosuch.csv', 'PMX_FILE_UNREADABLE'],
    ['vm profile set db memry=1G', 'PMX_INVALID_PROFILE'],
    ['vm profile set db memory=much', 'PMX_INVALID_SETTING'],
    ['vm profile show nosuch', 'PMX_PROFILE_NOT_FOUND'],
  ] as const)
    it(`${words}: ${code}, and nothing is changed`, async () => {
      const writes = lab.writes();
      const outcome = await lab.pmx([...words.split(' '), '--json']);
      expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(1);
      expect((JSON.parse(outcome.stdout) as { error: { code: string } }).error.code).to.equal(code);
      expect(lab.writes()).to.equal(writes);
    });
});
