import { writeFileSync } from 'node:fs';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';
import { expect } from 'chai';
import fc from 'fast-check';

import { Lab } from './support.ts';

interface Applied {
  target: string;
  ok: boolean;
  result: { name: string; vmid: number; action: string };
}

const pool = `apiVersion: pmx/v1
kind: Pool
metadata: {name: lab}
spec: {comment: For trying}
`;
const template = `apiVersion: pmx/v1
kind: Template
metadata: {name: base, tags: [base]}
spec: {image: base.qcow2, memory: 1G, cloudInit: {user: admin}}
`;
const vms = `apiVersion: pmx/v1
kind: VirtualMachine
each: [{name: web-01, ip: 10.0.0.5}, {name: web-02, ip: 10.0.0.6}]
metadata: {name: '\${name}', pool: lab, tags: [web, prod]}
spec:
  template: base
  memory: 2G
  description: "Web server\\nof \${owner}"
  disks: {scsi0: {size: 1G, ssd: true}, scsi3: 1G}
  networks: {net0: 'vmbr0,tag=5'}
  cloudInit: {addresses: {net0: '\${ip}/24'}}
  running: true
`;
const container = `apiVersion: pmx/v1
kind: Container
metadata: {name: proxy}
spec: {template: alpine, rootfs: 1G, swap: 0, networks: {net0: 'vmbr0,ip=dhcp'}, running: true}
`;

describe('documents', function () {
  this.timeout(120_000);
  let lab: Lab;
  const flags = (): string[] => ['-f', lab.file('lab.yaml'), '--var', 'owner=us'];

  before(async () => {
    lab = await Lab.start();
    await createEmptyQcow2(lab.file('base.qcow2'), 64 * 2 ** 20);
    await lab.json('ct', 'template', 'download', 'alpine');
    writeFileSync(lab.file('lab.yaml'), [vms, container, template, pool].join('---\n'));
  });
  after(() => lab.stop());

  const actions = (rows: Applied[]): string[] =>
    rows.map(({ result }) => `${result.name} ${result.action}`).sort();

  it('a dry run tells all of it and changes nothing', async () => {
    const writes = lab.writes();
    const { code, stdout } = await lab.pmx(['apply', ...flags(), '--dry-run']);
    expect(code).to.equal(0);
    expect(stdout).to.contain('Create VM web-01 from template base, once that is made');
    expect(lab.writes()).to.equal(writes);
  });

  it('are applied in the order in which they need each other', async () => {
    const diff = await lab.pmx(['diff', ...flags(), '--json']);
    expect(diff.code).to.equal(1);
    expect(JSON.parse(diff.stdout)).to.have.length(5);
    const rows = await lab.json<Applied[]>('apply', ...flags());
    expect(actions(rows)).to.deep.equal([
      'base created',
      'lab created',
      'proxy created',
      'web-01 created',
      'web-02 created',
    ]);
    const { vmid } = rows.find(({ result }) => result.name === 'web-02')!.result;
    const config = await lab.json<Record<string, unknown>>(
      'api',
      'get',
      `/nodes/pve1/qemu/${vmid}/config`,
    );
    expect(config).to.include({ memory: '2048', tags: 'prod;web', ipconfig0: 'ip=10.0.0.6/24' });
    expect(config['scsi0']).to.contain('ssd=1').and.to.contain('size=1G');
    expect(config['description']).to.match(/^Web server\nof us\n/);
    const running = await lab.json<unknown[]>('vm', 'list', '-l', 'status=running,pool=lab');
    expect(running).to.have.length(2);
  });

  it('a second apply changes nothing, and diff ends with 0', async () => {
    const writes = lab.writes();
    const rows = await lab.json<Applied[]>('apply', ...flags());
    expect(new Set(rows.map(({ result }) => result.action))).to.deep.equal(new Set(['unchanged']));
    expect(await lab.json('diff', ...flags())).to.deep.equal([]);
    expect(lab.writes()).to.equal(writes);
  });

  it('what differs is changed, and what is not spoken of stays', async () => {
    const web = await lab.json<Array<{ vmid: number }>>('vm', 'list', '-l', 'tag=web');
    await lab.json(
      'api',
      'put',
      `/nodes/pve1/qemu/${web[0]!.vmid}/config`,
      'onboot=1',
      'memory=512',
    );
    const diff = await lab.pmx(['diff', ...flags()]);
    expect(diff.code).to.equal(1);
    expect(diff.stdout).to.equal(
      `~ VirtualMachine web-01 (${web[0]!.vmid})\n    spec.memory: 512 → 2048\n`,
    );
    await lab.json('apply', ...flags());
    expect(await lab.json('api', 'get', `/nodes/pve1/qemu/${web[0]!.vmid}/config`)).to.include({
      memory: '2048',
      onboot: 1,
    });
  });

  it('one that fails is taken back and leaves the others, exit 3', async () => {
    const changed = lab.file('changed.yaml');
    writeFileSync(
      changed,
      vms.replace('memory: 2G', 'memory: 3G').replace('running: true', 'running: false'),
    );
    const words = ['apply', '-f', changed, '--var', 'owner=us', '--json'];
    const rule = '--action task-fail --path /nodes/*/qemu/*/status/shutdown --times 1'.split(' ');
    await lab.json('sandbox', 'fault', 'add', ...rule);
    const { code, stdout } = await lab.pmx(words);
    await lab.json('sandbox', 'fault', 'clear');
    expect(code, stdout).to.equal(3);
    const { error } = JSON.parse(stdout) as { error: { code: string } };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    const left = JSON.parse((await lab.pmx(['diff', ...words.slice(1)])).stdout) as Array<{
      differences: Array<{ field: string }>;
    }>;
    expect(left).to.have.length(1);
    expect(left[0]!.differences.map(({ field }) => field)).to.include('spec.memory');
    await lab.json('apply', ...words.slice(1, -1));
    expect(await lab.json('apply', ...flags())).to.have.length(5);
  });

  it('what only a new guest could have is refused, and made anew with --replace', async () => {
    const file = lab.file('replace.yaml');
    const document = (bios: string): string =>
      `apiVersion: pmx/v1\nkind: VirtualMachine\nmetadata: {name: box}\nspec: {bios: ${bios}, disks: {scsi0: 1G}}\n`;
    writeFileSync(file, document('seabios'));
    const [made] = await lab.json<Applied[]>('apply', '-f', file);
    writeFileSync(file, document('ovmf'));
    const writes = lab.writes();
    const refused = await lab.pmx(['apply', '-f', file]);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain('PMX_NEEDS_REPLACE').and.to.contain('spec.bios');
    const unasked = await lab.pmx(['apply', '-f', file, '--replace']);
    expect(unasked.code).to.equal(1);
    expect(unasked.stderr).to.contain('PMX_CONFIRMATION_NEEDED').and.to.contain('Goes:');
    expect(lab.writes()).to.equal(writes);
    const [again] = await lab.json<Applied[]>('apply', '-f', file, '--replace', '--yes');
    expect(again!.result).to.deep.include({ vmid: made!.result.vmid, action: 'replaced' });
    expect(await lab.json('diff', '-f', file)).to.deep.equal([]);
    await lab.json('delete', '-f', file, '--yes');
  });

  it('vm create -f makes new ones only', async () => {
    const file = lab.file('new.yaml');
    writeFileSync(file, vms.replaceAll('web-0', 'new-0'));
    const words = ['vm', 'create', '-f', file, '--var', 'owner=us'];
    const made = await lab.json<Applied[]>(...words);
    expect(made.map(({ result }) => result.name)).to.deep.equal(['new-01', 'new-02']);
    for (const [more, code] of [
      [[], 'PMX_GUEST_EXISTS'],
      [['--memory', '2G'], 'PMX_INVALID_BULK'],
    ] as const) {
      const again = await lab.pmx([...words, ...more]);
      expect(again.code).to.equal(1);
      expect(again.stderr).to.contain(code);
    }
    await lab.json('delete', '-f', file, '--var', 'owner=us', '--stop', '--yes');
    const lists = await lab.pmx(['vm', 'create', '-f', lab.file('lab.yaml'), '--var', 'owner=us']);
    expect(lists.stderr).to.contain('pmx apply -f');
  });

  it('what is exported is as it is, whatever the guest is like', async () => {
    const { stdout } = await lab.pmx(['export', 'vm/*', 'ct/proxy', 'template/base', 'pool/lab']);
    const writes = lab.writes();
    const none = await lab.pmx(['apply', '-f', '-', '--json'], { input: stdout });
    expect(none.code, none.stderr).to.equal(0);
    expect(lab.writes()).to.equal(writes);
    const setting = fc.record({
      memory: fc.integer({ min: 64, max: 4096 }),
      cores: fc.integer({ min: 1, max: 4 }),
      onboot: fc.constantFrom('0', '1'),
      tags: fc.constantFrom('a', 'b;a', 'z-1;x_2'),
      net1: fc.constantFrom('virtio,bridge=vmbr0', 'e1000,bridge=vmbr0,firewall=1,tag=7'),
      vga: fc.constantFrom('std', 'serial0', 'virtio,memory=64'),
      agent: fc.constantFrom('0', '1', 'enabled=1,type=isa'),
      description: fc.constantFrom('one', 'two\nlines: [x]', "it's: 'so'"),
      hotplug: fc.constantFrom('disk', '0', 'network,disk,usb'),
    });
    const [{ vmid }] = await lab.json<[{ vmid: number }]>('vm', 'list', '-l', 'tag=web');
    await fc.assert(
      fc.asyncProperty(setting, async (options) => {
        const words = Object.entries(options).map(([key, value]) => `${key}=${value}`);
        await lab.json('api', 'put', `/nodes/pve1/qemu/${vmid}/config`, ...words);
        const exported = await lab.pmx(['export', `vm/${vmid}`]);
        const before = lab.writes();
        const applied = await lab.pmx(['apply', '-f', '-'], { input: exported.stdout });
        expect(applied.code, applied.stderr + exported.stdout).to.equal(0);
        expect(lab.writes(), exported.stdout).to.equal(before);
      }),
      { numRuns: 6 },
    );
  });

  for (const [what, text, code] of [
    [
      'unknown fields',
      'apiVersion: pmx/v1\nkind: Pool\nmetadata: {nam: x}',
      'PMX_INVALID_MANIFEST',
    ],
    [
      'no source',
      'apiVersion: pmx/v1\nkind: Container\nmetadata: {name: x}',
      'PMX_INVALID_MANIFEST',
    ],
    [
      'an unknown template',
      'apiVersion: pmx/v1\nkind: VirtualMachine\nmetadata: {name: x}\nspec: {template: nosuch}',
      'PMX_TEMPLATE_NOT_FOUND',
    ],
    [
      'a foreign id',
      'apiVersion: pmx/v1\nkind: Container\nmetadata: {name: x, vmid: 100}\nspec: {template: alpine}',
      'PMX_VMID_TAKEN',
    ],
  ] as const)
    it(`${what}: ${code}, with the place, and nothing is changed`, async () => {
      const writes = lab.writes();
      const outcome = await lab.pmx(['apply', '-f', '-'], { input: `${pool}---\n${text}\n` });
      expect(outcome.code).to.equal(1);
      expect(outcome.stderr).to.contain(code).and.to.contain('standard input:');
      expect(lab.writes()).to.equal(writes);
    });

  it('delete takes the guests, then the template, then the pool', async () => {
    const dry = await lab.pmx(['delete', ...flags(), '--stop', '--dry-run']);
    expect(dry.stdout).to.contain('once its linked clones are gone');
    const rows = await lab.json<Applied[]>('delete', ...flags(), '--stop', '--yes');
    expect(new Set(rows.map(({ result }) => result.action))).to.deep.equal(new Set(['deleted']));
    expect((await lab.holdings()).guests).to.deep.equal([]);
    const again = await lab.json<Applied[]>('delete', ...flags());
    expect(new Set(again.map(({ result }) => result.action))).to.deep.equal(new Set(['unchanged']));
  });
});
