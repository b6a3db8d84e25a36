import { execFileSync } from 'node:child_process';

import { type DryRunStyle, type Plan, ref, secretRef, type Step, text } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';

import { describePlan } from '#dist/lib/operations/describe/index.js';

const endpoint = 'https://pve1:8006';
const auth = '-H "Authorization: PVEAPIToken=$PMX_TOKEN_ID=$PMX_TOKEN_SECRET"';

function call(
  args: Partial<Extract<Step, { kind: 'pve.call' }>['args']>,
  rest: Partial<Step> = {},
): Step {
  return {
    id: 'step',
    title: 'Do it',
    kind: 'pve.call',
    args: { method: 'POST', path: '/x', ...args },
    ...rest,
  } as Step;
}

function planOf(steps: Plan['steps'], rest: Partial<Plan> = {}): Plan {
  return { operation: 'x', target: 'x', title: 'Do something', steps, result: null, ...rest };
}

/** The one command line of a plan with one step. */
function line(style: DryRunStyle, step: Step, rest: Partial<Plan> = {}): string {
  const lines = describePlan(planOf([step], rest), style, endpoint);
  expect(lines.slice(0, 2)).to.deep.equal(['# Do something', `# ${step.title}`]);
  expect(lines).to.have.lengthOf(3);
  return lines[2]!;
}

describe('describe: shell lines', () => {
  const cases: Array<
    [name: string, args: Parameters<typeof call>[0], curl: string, pvesh: string]
  > = [
    [
      'POST with parameters',
      { path: '/nodes/pve1/qemu', params: { vmid: 101, name: 'web', template: true, acpi: false } },
      `curl ${auth} -X POST ${endpoint}/api2/json/nodes/pve1/qemu --data-urlencode vmid=101 --data-urlencode name=web --data-urlencode template=1 --data-urlencode acpi=0`,
      'pvesh create /nodes/pve1/qemu --vmid 101 --name web --template 1 --acpi 0',
    ],
    [
      'PUT',
      { method: 'PUT', path: '/nodes/pve1/qemu/101/config', params: { cores: 4 } },
      `curl ${auth} -X PUT ${endpoint}/api2/json/nodes/pve1/qemu/101/config --data-urlencode cores=4`,
      'pvesh set /nodes/pve1/qemu/101/config --cores 4',
    ],
    [
      'DELETE with its parameters in the query',
      { method: 'DELETE', path: '/nodes/pve1/qemu/101', params: { purge: true } },
      `curl ${auth} -G -X DELETE ${endpoint}/api2/json/nodes/pve1/qemu/101 --data-urlencode purge=1`,
      'pvesh delete /nodes/pve1/qemu/101 --purge 1',
    ],
    [
      'quotes around what the shell would take apart',
      { params: { description: "it's $HOME;\nrm -rf", empty: '' } },
      `curl ${auth} -X POST ${endpoint}/api2/json/x --data-urlencode 'description=it'\\''s $HOME;\nrm -rf' --data-urlencode empty=`,
      `pvesh create /x --description 'it'\\''s $HOME;\nrm -rf' --empty ''`,
    ],
    [
      'lists as repeated fields',
      { params: { command: ['echo', 'a b'] } },
      `curl ${auth} -X POST ${endpoint}/api2/json/x --data-urlencode command=echo --data-urlencode 'command=a b'`,
      "pvesh create /x --command echo --command 'a b'",
    ],
    [
      'nothing for parameters that are not there',
      { params: { a: undefined, b: 1 } },
      `curl ${auth} -X POST ${endpoint}/api2/json/x --data-urlencode b=1`,
      'pvesh create /x --b 1',
    ],
    [
      'variables by value or name, secrets never',
      { path: text`/nodes/${ref('node')}/x`, params: { vmid: ref('vmid'), pw: secretRef('pw') } },
      `curl ${auth} -X POST ${endpoint}/api2/json/nodes/pve1/x --data-urlencode 'vmid=<vmid>' --data-urlencode 'pw=[secret]'`,
      "pvesh create /nodes/pve1/x --vmid '<vmid>' --pw '[secret]'",
    ],
    [
      'a path as it goes over the wire',
      { path: '/nodes/pve1/storage/local/content/local:iso/my file.iso' },
      `curl ${auth} -X POST ${endpoint}/api2/json/nodes/pve1/storage/local/content/local:iso/my%20file.iso`,
      "pvesh create '/nodes/pve1/storage/local/content/local:iso/my file.iso'",
    ],
  ];
  const known = { variables: { node: 'pve1' }, secrets: { pw: 'hunter2' } };
  for (const [name, args, curl, pvesh] of cases) {
    it(`curl: ${name}`, () => expect(line('curl', call(args), known)).to.equal(curl));
    it(`pvesh: ${name}`, () => expect(line('pvesh', call(args), known)).to.equal(pvesh));
  }

  const upload: Step = {
    id: 'upload',
    title: 'Upload it',
    kind: 'pve.upload',
    args: {
      node: 'pve1',
      storage: 'local',
      content: 'import',
      filename: text`pmx-${ref('operation')}.qcow2`,
      source: {
        type: 'file',
        path: '/tmp/my disk.qcow2',
        offset: 0,
        length: 1,
        fileSize: 1,
        modifiedMillis: 0,
      },
      sha256: 'abc',
    },
  };

  it('curl: an upload as a form', () => {
    expect(line('curl', upload)).to.equal(
      `curl ${auth} -X POST ${endpoint}/api2/json/nodes/pve1/storage/local/upload -F content=import` +
        ` -F checksum=abc -F checksum-algorithm=sha256 -F 'filename=@/tmp/my disk.qcow2;filename=pmx-<operation>.qcow2'`,
    );
  });

  it('says what no shell line can do', () => {
    const wait: Step = {
      id: 'wait',
      title: 'Wait',
      kind: 'pve.wait',
      args: { node: 'pve1', vmid: 101, until: 'agent', timeoutSeconds: 9 },
    };
    expect(line('pvesh', upload)).to.equal('# (pmx does this itself)');
    for (const style of ['curl', 'pvesh'] as const)
      expect(line(style, wait)).to.equal('# (pmx does this itself)');
  });

  it('names a host to fill in when none is known', () => {
    expect(describePlan(planOf([call({})]), 'curl', undefined)[2]).to.contain(
      ' https://HOST:8006/api2/json/x',
    );
  });

  it('lists the steps of groups in order', () => {
    const steps = [
      { parallel: [call({ path: '/a' }), call({ path: '/b' })] },
      call({ path: '/c' }),
    ];
    const lines = describePlan(planOf(steps), 'pvesh', endpoint).filter(
      (shown) => !shown.startsWith('#'),
    );
    expect(lines).to.deep.equal(['pvesh create /a', 'pvesh create /b', 'pvesh create /c']);
  });

  it('a shell takes every line apart into the words that were meant', () => {
    const value = fc
      .oneof(
        fc.string({ unit: fc.constantFrom(...`ab '"$\`\\;&|<>*?#!~(){}\n\t=-ü`) }),
        fc.string(),
      )
      .map((word) => word.replaceAll('\0', ''));
    const words = fc.sample(value, { numRuns: 40, seed: 7 });
    const params = Object.fromEntries(words.map((word, index) => [`p${index}`, word]));
    const shown = line('pvesh', call({ params })).replace(
      'pvesh create /x',
      String.raw`printf '%s\0'`,
    );
    const seen = execFileSync('sh', ['-c', shown], { encoding: 'utf8' }).split('\0').slice(0, -1);
    expect(seen).to.deep.equal(Object.entries(params).flatMap(([key, word]) => [`--${key}`, word]));
  });
});

describe('describe: words', () => {
  it('shows steps, groups, parameters, undo, impact and notes', () => {
    const steps: Plan['steps'] = [
      call(
        {
          path: '/nodes/pve1/qemu',
          params: { vmid: ref('vmid'), description: 'a\nb', pw: secretRef('pw') },
        },
        {
          title: 'Create VM',
          undo: [{ title: 'Remove VM', kind: 'path.remove', args: { path: '/x' } }],
        },
      ),
      {
        parallel: [
          call({ method: 'PUT', path: '/a' }, { title: 'Left' }),
          call({ method: 'DELETE', path: '/b' }, { title: 'Right', destructive: true }),
        ],
      },
      {
        id: 'seed',
        title: 'Upload seed',
        kind: 'pve.upload',
        args: {
          node: 'pve1',
          storage: 'local',
          content: 'iso',
          filename: text`${ref('operation')}.iso`,
          source: { type: 'cloud-init-seed', layout: 'nocloud', hostname: 'web' },
        },
      },
      {
        id: 'file',
        title: 'Upload disk',
        kind: 'pve.upload',
        args: {
          node: 'pve1',
          storage: 'local',
          content: 'import',
          filename: 'd.raw',
          source: {
            type: 'file',
            path: '/d.raw',
            offset: 0,
            length: 1,
            fileSize: 1,
            modifiedMillis: 0,
          },
        },
      },
      {
        id: 'wait',
        title: 'Wait for the agent',
        kind: 'pve.wait',
        args: { node: 'pve1', vmid: 101, until: 'agent', timeoutSeconds: 9 },
      },
    ];
    const plan = planOf(steps, {
      variables: { vmid: 101 },
      secrets: { pw: 'hunter2' },
      impact: {
        removes: [{ what: 'disk', name: 'scsi0', detail: '20 GiB' }],
        keeps: [{ what: 'ISO', name: 'x.iso' }],
      },
      notes: ['Takes a while.'],
    });
    expect(describePlan(plan, 'words', endpoint)).to.deep.equal([
      'Do something (dry run, nothing is changed)',
      '  1. Create VM',
      '       POST /nodes/pve1/qemu',
      '         vmid = 101',
      '         description = a ⏎ b',
      '         pw = [secret]',
      '       if it fails later: Remove VM',
      '  2a. Left',
      '       PUT /a',
      '  2b. Right [cannot be taken back]',
      '       DELETE /b',
      '  3. Upload seed',
      '       upload a new ISO (nocloud) to local:iso/<operation>.iso on pve1',
      '  4. Upload disk',
      '       upload /d.raw to local:import/d.raw on pve1',
      '  5. Wait for the agent',
      '  goes:  disk scsi0 (20 GiB)',
      '  stays: ISO x.iso',
      '  note:  Takes a while.',
    ]);
  });

  it('shows no secret in any style, wherever the reference stands', () => {
    const secret = 'correct-horse-battery';
    fc.assert(
      fc.property(
        fc.constantFrom<DryRunStyle>('words', 'curl', 'pvesh'),
        fc.constantFrom('password', 'sshkeys', 'x'),
        fc.boolean(),
        (style, name, list) => {
          const value = list ? [secretRef('s'), 'x'] : secretRef('s');
          const plan = planOf([call({ params: { [name]: value } })], { secrets: { s: secret } });
          expect(describePlan(plan, style, endpoint).join('\n'))
            .to.contain('[secret]')
            .and.not.contain(secret);
        },
      ),
    );
  });
});
