import { expect } from 'chai';

import { checkSeedFile, multipart } from '#dist/lib/cloudinit/index.js';

interface Case {
  about: string;
  lines: string[];
  /** `LINE:COLUMN severity path message` of every fault. */
  faults: string[];
  parts?: string[];
}

const mime = (...parts: string[][]): string[] => [
  'Content-Type: multipart/mixed; boundary="=X="',
  'MIME-Version: 1.0',
  '',
  ...parts.flatMap((part) => ['--=X=', ...part]),
  '--=X=--',
];
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const unknown = 'is no key that cloud-init knows here';

const cases: Case[] = [
  {
    about: 'a message of good parts',
    lines: mime(
      ['Content-Type: text/cloud-config; charset="utf-8"', '', 'packages: [git]'],
      ['Content-Type: text/x-shellscript', '', '#!/bin/sh', 'true'],
      ['', '#include', 'https://example.org/more'],
    ),
    faults: [],
    parts: ['cloud-config', 'script', 'include'],
  },
  {
    about: 'an unknown key, a script that is none and a type that nobody knows',
    lines: mime(
      ['Content-Type: text/cloud-config', '', '#cloud-config', 'hostname: a', 'pakages: [git]'],
      ['Content-Type: text/x-shellscript', '', 'echo no interpreter'],
      ['Content-Type: text/x-yaml', '', 'a: 1'],
    ),
    faults: [
      `9:1 error part 1: pakages ${unknown}`,
      '11:1 error part 2: is a script whose first line does not begin with #!',
      '15:1 warning part 3: is of type text/x-yaml, which cloud-init does not know: it leaves it out',
    ],
    parts: ['cloud-config', 'script', 'text/x-yaml'],
  },
  {
    about: 'types of its own, which a part-handler takes',
    lines: mime(
      ['Content-Type: text/part-handler', '', '#part-handler', 'def list_types(): pass'],
      ['Content-Type: text/x-mine', '', 'a: 1'],
    ),
    faults: [],
  },
  {
    about: 'YAML that is none, by its line in the file',
    lines: mime(['Content-Type: text/cloud-config', '', 'a:', '\tb: 1']),
    faults: [
      '8:1 error part 1: is not valid YAML at line 8, column 1: a tab is used as indentation; use blanks; the guest would ignore the whole file',
    ],
  },
  {
    about: 'an encoded part, by the line where it begins',
    lines: mime([
      'Content-Type: text/cloud-config',
      'Content-Transfer-Encoding: base64',
      '',
      base64('#cloud-config\nhostname: a\nhostnme: b\n'),
    ]),
    faults: [`5:1 error part 1: hostnme ${unknown} (line 3 of the part)`],
  },
  {
    about: 'a message within a message',
    lines: mime([
      'Content-Type: multipart/mixed; boundary="=Y="',
      '',
      '--=Y=',
      'Content-Type: text/cloud-config',
      '',
      'pakages: []',
      '--=Y=--',
    ]),
    faults: [`5:1 error part 1: part 1: pakages ${unknown} (line 6 of the part)`],
  },
  {
    about: 'a boundary that no line has',
    lines: ['Content-Type: multipart/mixed; boundary="A"', 'MIME-Version: 1.0', '', '--B', '', 'x'],
    faults: ['1:1 error  has no part: no line is --A'],
  },
  {
    about: 'an end that is missing',
    lines: mime(['Content-Type: text/cloud-config', '', 'hostname: a']).slice(0, -1),
    faults: ['7:1 warning  has no end: --=X=-- is missing'],
  },
  {
    about: 'an archive, with the places of what stands in its blocks',
    lines: [
      '#cloud-config-archive',
      '- type: text/cloud-config',
      '  content: |',
      '    #cloud-config',
      '    hostname: a',
      '    users:',
      '      - name: bob',
      '        sudoo: x',
      '- |',
      '  #!/bin/sh',
      '  true',
      '- "#cloud-config\\npakages: []\\n"',
      '- {type: text/cloud-config}',
    ],
    faults: [
      `8:9 error part 1: users[0].sudoo ${unknown}`,
      `12:1 error part 3: pakages ${unknown} (line 2 of the part)`,
      '13:1 error  has no content',
    ],
    parts: ['cloud-config', 'script', 'cloud-config'],
  },
  {
    about: 'a template with values only',
    lines: [
      '## template: jinja',
      '#cloud-config',
      'hostname: {{ ds.meta_data.name }}',
      'package_update: {{ update }}',
      'users:',
      '  - name: "{{ user }}"',
      'pakages: [{{ one }}]',
    ],
    faults: [`7:1 error pakages ${unknown}`],
  },
  {
    about: 'both branches of a template',
    lines: [
      '## template: jinja',
      '#cloud-config',
      '{% if v1.distro == "debian" %}',
      'packages: [git]',
      '{% else %}',
      'packages: 7',
      '{% endif %}',
      '{# a comment #}',
      '{% for user in users %}',
      'hostname: a',
      '{% endfor %}',
      'package_update: "yes"',
    ],
    faults: [
      '6:11 error packages must be a list',
      '12:17 error package_update must be true or false',
    ],
  },
  {
    about: 'blocks that are not whole',
    lines: ['## template: jinja', '#cloud-config', '{% if a %}', 'hostname: a', '{% endfor %}'],
    faults: ['5:1 error  has {% endfor %} where {% if %} of line 3 is'],
  },
  {
    about: 'a block without end',
    lines: ['## template: jinja', '#!/bin/sh', '{% for a in b %}', 'echo {{ a }}'],
    faults: ['3:1 error  has {% for %} without {% endfor %}'],
  },
  {
    about: 'a value without end',
    lines: ['## template: jinja', '#cloud-config', 'hostname: {{ a'],
    faults: ['3:1 error  has {{ without }}'],
  },
  {
    about: 'what is raw',
    lines: ['## template: jinja', '#cloud-config', '{% raw %}', 'hostname: "{{ a"', '{% endraw %}'],
    faults: [],
  },
];

describe('parts of user-data', () => {
  for (const { about, lines, faults, parts } of cases)
    it(`${about}: ${faults.length} faults`, async () => {
      const checked = await checkSeedFile(`${lines.join('\n')}\n`, 'x.txt');
      expect(
        checked.faults.map(
          ({ line, column, severity, path, message }) =>
            `${line}:${column} ${severity} ${path} ${message}`,
        ),
      ).to.deep.equal(faults);
      if (parts) expect(checked.parts!.map(({ kind, type }) => kind ?? type)).to.deep.equal(parts);
      expect(JSON.stringify(checked.faults)).not.to.match(/bob|https:/);
    });

  it('are read as pmx itself writes them', async () => {
    const text = multipart([
      { source: 'a.yaml', kind: 'cloud-config', text: '#cloud-config\nhostname: ä\npakages: []\n' },
      { source: 'b.sh', kind: 'script', text: '#!/bin/sh\n' },
      {
        source: 'c',
        kind: 'jinja',
        text: '## template: jinja\n#cloud-config\nhostname: {{ a }}\n',
      },
    ]);
    const { faults, parts } = await checkSeedFile(text, 'user-data');
    expect(parts!.map(({ kind }) => kind)).to.deep.equal(['cloud-config', 'script', 'jinja']);
    expect(faults.map(({ path, message }) => `${path} ${message}`)).to.deep.equal([
      `part 1: pakages ${unknown} (line 3 of the part)`,
    ]);
  });
});
