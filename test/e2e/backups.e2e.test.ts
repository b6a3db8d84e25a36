import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, outcomeOf, until } from './support.ts';

interface Backup {
  volid: string;
  vmid: number;
  protected: boolean;
  notes: string;
}

interface Made {
  result: { volid: string; sizeBytes: number; pruned: string[] };
}

interface Restored {
  vmid: number;
  name: string;
  replaced: boolean;
}

describe('backups', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    await lab.json('vm', 'create', 'web-01', '--template', 'base', '--memory', '1G');
    await lab.container('proxy');
  });

  after(() => lab.stop());

  const backups = (...words: string[]): Promise<Backup[]> =>
    lab.json<Backup[]>('backup', 'list', ...words);
  const backUp = async (...words: string[]): Promise<Made['result'][]> =>
    (await lab.json<Made[]>('backup', 'create', ...words)).map(({ result }) => result);
  const guests = async (): Promise<string[]> => (await lab.holdings()).guests;

  it('makes one of each guest, VM or container, with their names as notes', async () => {
    const made = await backUp('web-01', 'proxy');
    expect(made.map(({ volid }) => volid.replace(/-\d{4}_.*/, ''))).to.deep.equal([
      'local:backup/vzdump-qemu-101',
      'local:backup/vzdump-lxc-102',
    ]);
    expect(made.every(({ sizeBytes }) => sizeBytes > 0)).to.equal(true);
    expect((await backups('web-01')).map(({ notes, vmid }) => [notes, vmid])).to.deep.equal([
      ['web-01', 101],
    ]);
    expect((await backups('102')).map(({ notes }) => notes)).to.deep.equal(['proxy']);
  });

  it('restores beside the old one: next VMID, new addresses; --dry-run changes nothing', async () => {
    const before = await guests();
    const dry = await lab.pmx(['backup', 'restore', 'web-01', '--dry-run']);
    expect(dry.stdout).to.include('as VM 103').and.to.include('new MAC addresses');
    expect(await guests()).to.deep.equal(before);
    const made = await lab.json<Restored>('backup', 'restore', 'web-01', '--name', 'copy');
    expect(made).to.include({ vmid: 103, name: 'copy', replaced: false });
    const [old, copy] = await Promise.all(
      ['web-01', 'copy'].map((name) =>
        lab.json<{ config: Record<string, string> }>('vm', 'show', name),
      ),
    );
    expect(copy!.config['memory']).to.equal('1024');
    expect(copy!.config['net0']).to.not.equal(old!.config['net0']);
    const container = await lab.json<Restored>('backup', 'restore', 'proxy', '--vmid', '150');
    expect(container).to.include({ vmid: 150, name: 'proxy' });
    await lab.json('vm', 'delete', 'copy', '--yes');
    await lab.json('ct', 'delete', '150', '--yes');
  });

  it('--force replaces the stopped guest, and asks', async () => {
    await lab.json('api', 'put', '/nodes/pve1/qemu/101/config', 'memory=4096');
    const asked = await lab.pmx(['backup', 'restore', '101', '--force', '--json']);
    expect(asked.code).to.equal(1);
    expect(asked.stdout).to.include('PMX_CONFIRMATION_NEEDED');
    await lab.json('backup', 'restore', '101', '--force', '--yes');
    const { config } = await lab.json<{ config: Record<string, string> }>('vm', 'show', '101');
    expect(config['memory']).to.equal('1024');
  });

  it('a restore that fails leaves no guest', async () => {
    const before = await lab.holdings();
    await lab.json(
      ...[
        'sandbox',
        'fault',
        'add',
        '--action',
        'task-fail',
        '--path',
        '/nodes/*/qemu/*/status/start',
      ],
      ...['--message', 'kvm: broken', '--times', '1'],
    );
    const { code, stdout } = await lab.pmx(['backup', 'restore', 'web-01', '--start', '--json']);
    expect(code, stdout).to.equal(3);
    expect(stdout).to.include('kvm: broken');
    expect(await lab.holdings()).to.deep.equal(before);
  });

  it('verifies honestly', async () => {
    const verdicts = await lab.json<Array<{ verdict: string; found: string }>>('backup', 'verify');
    expect(verdicts.map(({ verdict }) => verdict)).to.deep.equal(['readable', 'readable']);
    expect(verdicts[0]!.found).to.include('only a restore tells');
  });

  it('keeps a number of them, removing the older ones only once the new one is there', async () => {
    const [first] = await backups('web-01');
    const [second] = await backUp('web-01', '--keep', '2');
    expect(second!.pruned).to.deep.equal([]);
    const dry = await lab.pmx(['vm', 'backup', 'web-01', '--keep', '2', '--dry-run']);
    expect(dry.stdout).to.include(`goes:  older backup ${first!.volid}`);
    const [third] = await backUp('web-01', '--keep', '2', '--yes');
    expect(third!.pruned).to.deep.equal([first!.volid]);
    expect(await backups('web-01')).to.have.length(2);
  });

  it('prunes exactly what the dry run lists; protected ones stay', async () => {
    await backUp('web-01', '--protected');
    const words = ['backup', 'prune', 'web-01', '--keep-last', '1'];
    const dry = await lab.pmx([...words, '--dry-run']);
    const goes = [...dry.stdout.matchAll(/goes: {2}backup (\S+)/g)].map(([, volid]) => volid);
    expect(goes).to.have.length(1);
    expect(dry.stdout).to.match(/stays: backup \S+ \(protected\)/);
    const { removed } = await lab.json<{ removed: string[] }>(...words, '--yes');
    expect(removed).to.deep.equal(goes);
    expect(await backups('web-01')).to.have.length(2);
    expect(await backups('proxy')).to.have.length(1);
  });

  it('vm delete --backup-first: the guest goes, its backup stays and brings it back', async () => {
    await lab.json('vm', 'create', 'short', '--template', 'base', '--memory', '2G');
    const [deleted] = await lab.json<
      Array<{ result: { vmid: number; backup: string; restore: string } }>
    >('vm', 'delete', 'short', '--backup-first', '--yes');
    const { vmid, backup, restore } = deleted!.result;
    expect(restore).to.equal(`pmx backup restore ${backup} --vmid ${vmid}`);
    expect((await backups(String(vmid))).map(({ volid }) => volid)).to.deep.equal([backup]);
    await lab.json(...restore.split(' ').slice(1));
    const { config } = await lab.json<{ config: Record<string, string> }>(
      ...['vm', 'show', 'short'],
    );
    expect(config['memory']).to.equal('2048');
  });

  it('vm delete keeps backups and says so; --delete-backups takes all but protected ones along', async () => {
    await backUp('short', '--protected');
    const { vmid } = await lab.json<{ vmid: number }>('vm', 'show', 'short');
    const dry = await lab.pmx(['vm', 'delete', 'short', '--dry-run']);
    expect(dry.stdout).to.include('--delete-backups would remove it');
    await lab.json('vm', 'delete', 'short', '--delete-backups', '--yes');
    expect((await backups(String(vmid))).map((backup) => backup.protected)).to.deep.equal([true]);
  });

  for (const [args, code] of [
    [['restore', 'nosuch'], 'PMX_ARCHIVE_NOT_FOUND'],
    [['restore', 'web-01@yesterday'], 'PMX_INVALID_BACKUP'],
    [['restore', 'local:backup/vzdump-qemu-9-x.vma'], 'PMX_ARCHIVE_NOT_FOUND'],
    [['restore', 'web-01', '--vmid', '101'], 'PMX_VMID_TAKEN'],
    [['restore', 'web-01', '--vmid', '102', '--force', '--yes'], 'PMX_RESTORE_KIND'],
    [['restore', 'web-01', '--storage', 'isoonly'], 'PMX_STORAGE_LACKS_CONTENT'],
    [['create', 'web-01', '--storage', 'isoonly'], 'PMX_STORAGE_LACKS_CONTENT'],
    [['create', 'web-01', '--storage', 'nosuch'], 'PMX_STORAGE_NOT_FOUND'],
    [['prune'], 'PMX_PRUNE_UNBOUNDED'],
    [['delete', 'web-01@latest', '--yes'], 'PMX_BACKUP_PROTECTED'],
  ] as Array<[string[], string]>) {
    it(`${args.join(' ')}: ${code}, and nothing is changed`, async () => {
      const writes = lab.writes();
      const outcome = await lab.pmx(['backup', ...args, '--json']);
      expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
      expect(outcome.code).to.equal(1);
      expect(lab.writes()).to.equal(writes);
    });
  }
});

describe('a backup that is broken off', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    // Longer than a busy machine needs from the kill to the rollback.
    lab = await Lab.start('--task-millis', '10000');
    await lab.json('api', 'post', '/nodes/pve1/qemu', 'vmid=101', 'name=web', 'scsi0=local:1');
  });

  after(() => lab.stop());

  const files = (): string[] => {
    const folder = join(lab.path, 'data', 'sandbox', 'storages', 'pve1', 'local', 'dump');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const brokenOff = async (
    signal: NodeJS.Signals,
  ): Promise<{ code: number | null; stdout: string }> => {
    const child = lab.spawn(['vm', 'backup', 'web', '--json']);
    const ended = outcomeOf(child);
    await until(() => files().some((name) => name.endsWith('.dat')), 'a half-written archive');
    child.kill(signal);
    return ended;
  };
  const nothingIsLeft = async (): Promise<void> => {
    expect(files().filter((name) => !name.endsWith('.log'))).to.deep.equal([]);
    const { config } = await lab.json<{ config: object }>('vm', 'show', '101');
    expect(config).to.not.have.property('lock');
    const [task] = await lab.json<Array<{ type: string; status: string }>>('task', 'list');
    expect(task).to.include({ type: 'vzdump' });
    expect(task!.status).to.include('interrupted');
  };

  it('by Ctrl-C ends at once, and nothing of it is left', async () => {
    const { code, stdout } = await brokenOff('SIGINT');
    expect(code, stdout).to.equal(130);
    await nothingIsLeft();
  });

  it('by kill -9 goes on, until op rollback stops it: then nothing is left either', async () => {
    await brokenOff('SIGKILL');
    const [operation] = await lab.json<Array<{ id: string; status: string }>>('op', 'list');
    expect(operation!.status).to.equal('interrupted');
    const rollback = await lab.pmx(['op', 'rollback', operation!.id]);
    expect(rollback.code, rollback.stderr).to.equal(0);
    await nothingIsLeft();
  });
});
