import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import {
  validateMetaData,
  validateNetworkConfig,
  validateNetworkData,
  validateUserData,
  validateVendorData,
} from '#dist/lib/cloudinit/index.js';
import { failure } from './support.ts';

const mime = [
  'Content-Type: multipart/mixed; boundary="==B=="',
  'MIME-Version: 1.0',
  '',
  '--==B==',
  '',
].join('\r\n');

describe('validateUserData', () => {
  const accepted: Array<[string, string | Uint8Array]> = [
    ['cloud-config', '#cloud-config\nusers: []\n'],
    ['cloud-config', '\n\n#cloud-config\nusers: []\n'],
    ['cloud-config', '#CLOUD-CONFIG\n{"a": 1}'],
    ['cloud-config', '#cloud-config\na: &x [1]\nb: *x\n<<: {c: 1}\n'],
    ['cloud-config', Buffer.from('#cloud-config\na: ü\n')],
    ['cloud-config-archive', '#cloud-config-archive\n- type: text/cloud-config\n'],
    ['script', '#!/bin/sh\necho {{ [ }}\n'],
    ['include', '#include\nhttps://a.test/x\n'],
    ['include', '#include-once\nhttps://a.test/x\n'],
    ['cloud-boothook', '#cloud-boothook\n#!/bin/sh\n'],
    ['part-handler', '#part-handler\nimport os\n'],
    ['jinja', '## template: jinja\n#cloud-config\na: {{ ds.x }}\n'],
    ['jinja', '## template: jinja\n#!/bin/sh\n'],
    ['mime-multipart', mime],
    ['mime-multipart', mime.replaceAll('\r', '')],
    ['mime-multipart', mime.split('\r\n').slice(0, 2).reverse().join('\n')],
    ['gzip', gzipSync('anything')],
  ];
  for (const [kind, content] of accepted) {
    const shown = typeof content === 'string' ? JSON.stringify(content.slice(0, 40)) : 'bytes';
    it(`accepts ${kind}: ${shown}`, async () => {
      expect(await validateUserData(content, 'u.yaml')).to.equal(kind);
      expect(await validateVendorData(content, 'v.yaml')).to.equal(kind);
    });
  }

  interface Refused {
    name: string;
    content: string | Uint8Array;
    code: string;
    found: RegExp;
    hint: RegExp;
  }
  const yamlAt = (name: string, body: string, place: string, found: RegExp): Refused => ({
    name,
    content: `#cloud-config\n${body}`,
    code: 'YAML',
    found: new RegExp(`at ${place}: .*${found.source}`),
    hint: /^Look at the place: sed -n /,
  });
  const example = /A file that works:\n#cloud-config\npackage_update: true/;
  const refused: Refused[] = [
    { name: 'empty', content: '', code: 'HEADER', found: /is empty/, hint: example },
    { name: 'blank', content: ' \n\n', code: 'HEADER', found: /is empty/, hint: example },
    {
      name: 'YAML without header',
      content: 'packages: [vim]\n',
      code: 'HEADER',
      found: /first line "packages: \[vim\]".*first line must be #cloud-config/,
      hint: /looks like YAML/,
    },
    {
      name: '# cloud-config',
      content: '# cloud-config\na: 1\n',
      code: 'HEADER',
      found: /"# cloud-config"/,
      hint: /without a blank/,
    },
    {
      name: '#cloud-configuration',
      content: '#cloud-configuration\na: 1\n',
      code: 'HEADER',
      found: /"#cloud-configuration"/,
      hint: example,
    },
    {
      name: 'script after an empty line',
      content: '\n#!/bin/sh\n',
      code: 'HEADER',
      found: /empty first line/,
      hint: /Remove the empty lines/,
    },
    {
      name: 'another template language',
      content: '## template: mako\n#cloud-config\n',
      code: 'HEADER',
      found: /template: mako/,
      hint: /exactly so/,
    },
    {
      name: 'jinja without second header',
      content: '## template: jinja\na: 1\n',
      code: 'HEADER',
      found: /second line is no header/,
      hint: /## template: jinja\n#cloud-config/,
    },
    {
      name: 'jinja and nothing else',
      content: '## template: jinja',
      code: 'HEADER',
      found: /second line is no header/,
      hint: /#cloud-config/,
    },
    {
      name: 'byte order mark',
      content: '\ufeff#cloud-config\na: 1\n',
      code: 'BOM',
      found: /byte order mark/,
      hint: /sed -i/,
    },
    {
      name: 'byte order mark in bytes',
      content: Buffer.from('\ufeff#cloud-config\na: 1\n'),
      code: 'BOM',
      found: /byte order mark/,
      hint: /sed -i/,
    },
    {
      name: 'Windows line ends in cloud-config',
      content: '#cloud-config\r\na: 1\r\n',
      code: 'LINE_ENDS',
      found: /Windows line ends/,
      hint: /sed -i 's\/\\r\$\/\/' "u\.yaml"/,
    },
    {
      name: 'Windows line ends in a script',
      content: '#!/bin/sh\r\n',
      code: 'LINE_ENDS',
      found: /interpreter whose name ends with a carriage return/,
      hint: /sed -i/,
    },
    {
      name: 'Windows line ends in a template',
      content: '## template: jinja\r\n#cloud-config\r\n',
      code: 'LINE_ENDS',
      found: /Windows line ends/,
      hint: /sed -i/,
    },
    {
      name: 'Latin-1',
      content: Buffer.from('#cloud-config\na: \xfc\n', 'latin1'),
      code: 'NOT_TEXT',
      found: /not text in UTF-8/,
      hint: /^Ask what it is: file/,
    },
    {
      name: 'a zero byte',
      content: '#cloud-config\na: \0\n',
      code: 'NOT_TEXT',
      found: /not text/,
      hint: /file/,
    },
    {
      name: 'over 16 MiB',
      content: `#!/bin/sh\n${'#'.repeat(16 * 1024 * 1024)}`,
      code: 'TOO_LARGE',
      found: /has 16777226 bytes/,
      hint: /#include/,
    },
    {
      name: 'over 16 MiB, compressed',
      content: Buffer.concat([gzipSync(''), Buffer.alloc(16 * 1024 * 1024)]),
      code: 'TOO_LARGE',
      found: /at most 16777216/,
      hint: /#include/,
    },
    {
      name: 'MIME without MIME-Version',
      content: mime.replace('MIME-Version: 1.0\r\n', ''),
      code: 'MIME',
      found: /no MIME-Version/,
      hint: /MIME-Version: 1\.0/,
    },
    {
      name: 'MIME without boundary',
      content: mime.replace('; boundary="==B=="', ''),
      code: 'MIME',
      found: /no boundary/,
      hint: /boundary=/,
    },
    {
      name: 'MIME without multipart',
      content: 'MIME-Version: 1.0\nContent-Type: text/plain\n\nx',
      code: 'MIME',
      found: /no Content-Type header with multipart/,
      hint: /multipart\/mixed/,
    },
    {
      name: 'cloud-config without content',
      content: '#cloud-config\n',
      code: 'SHAPE',
      found: /no YAML mapping/,
      hint: example,
    },
    {
      name: 'cloud-config with a list',
      content: '#cloud-config\n- a\n',
      code: 'SHAPE',
      found: /no YAML mapping/,
      hint: example,
    },
    {
      name: 'archive with a mapping',
      content: '#cloud-config-archive\na: 1\n',
      code: 'SHAPE',
      found: /no YAML list/,
      hint: /#cloud-config-archive\n- type/,
    },
    yamlAt('duplicate key', 'a: 1\nb: 2\na: 3\n', 'line 4, column 1', /used twice/),
    yamlAt('tab', 'a:\n\tb: 1\n', 'line 3, column 1', /tab/),
    yamlAt('open quote', 'a: "x\n', 'line 3, column 1', /character is missing/),
    yamlAt('open bracket', 'a: [1\nb: 2\n', 'line 3, column 1', /indentation/),
    yamlAt('two colons', 'a: b: c\n', 'line 2, column 4', /line of its own/),
    yamlAt('reserved character', 'a: @x\n', 'line 2, column 4', /put it in quotes/),
    yamlAt('unknown tag', 'a: !vault x\n', 'line 2, column 4', /tag/),
    yamlAt('second document', 'a: 1\n---\nb: 1\n', 'line 3, column 1', /second document/),
    yamlAt('template without header', 'a: {{ x }}\n', 'line 2, column 5', /## template: jinja/),
    {
      name: 'alias without anchor',
      content: '#cloud-config\na: *x\n',
      code: 'YAML',
      found: /alias/,
      hint: /Write the value out/,
    },
    {
      name: 'billion laughs',
      content: `#cloud-config\na0: &a0 [x, x]\n${Array.from(
        { length: 30 },
        (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`,
      ).join('\n')}\n`,
      code: 'YAML',
      found: /multiply/,
      hint: /Write the value out/,
    },
  ];
  for (const { name, content, code, found, hint } of refused) {
    it(`refuses: ${name}`, async () => {
      const error = await failure(() => validateUserData(content, 'u.yaml'));
      expect(error.code).to.equal(`PMX_CLOUDINIT_${code}`);
      expect(error.exitCode).to.equal(1);
      expect(error.message).to.include('"u.yaml"').and.match(found);
      expect(error.hints.join('\n')).to.match(new RegExp(hint.source, 'm'));
      const vendor = await failure(() => validateVendorData(content, 'v.yaml'));
      expect(vendor.code).to.equal(error.code);
      expect(vendor.message).to.include('"v.yaml"');
    });
  }

  it('gives line and column to programs too', async () => {
    const error = await failure(() => validateUserData('#cloud-config\na: b: c\n', 'u.yaml'));
    expect(error.data).to.deep.equal({ source: 'u.yaml', line: 2, column: 4 });
  });

  describe('keeps secrets to itself', () => {
    /** Everything of an error that could reach a terminal, a log or `--json`. */
    const shows = (error: Awaited<ReturnType<typeof failure>>): string =>
      [error.message, ...error.hints, JSON.stringify(error.data), error.stack, error.cause].join(
        '\n',
      );

    const firstLines = [
      'password: Tr0ub4dor',
      'root:$6$salt$Tr0ub4dor',
      'API_KEY=Tr0ub4dor',
      'my secret is Tr0ub4dor',
      'https://user:Tr0ub4dor@host/x',
      'Tr0ub4dorTr0ub4dorTr0ub4dor',
      `${'x '.repeat(30)}Tr0ub4dor`,
      `${'x '.repeat(10)}Tr0ub4dor, the password`,
    ];
    for (const line of firstLines) {
      it(`first line: ${line.slice(0, 30)}`, async () => {
        const error = await failure(() => validateUserData(`${line}\n`, 'u.yaml'));
        expect(error.code).to.equal('PMX_CLOUDINIT_HEADER');
        expect(shows(error)).to.not.include('Tr0ub4dor');
      });
    }

    const bodies = [
      'password: "Tr0ub4dor\n',
      'password: Tr0ub4dor: x\n',
      'a: 1\nTr0ub4dor\nb: 2\n',
      'a: !Tr0ub4dor x\n',
      'a: *Tr0ub4dor\n',
      'a: "\\Tr0ub4dor"\n',
      'Tr0ub4dor: 1\nTr0ub4dor: 2\n',
      'a: {Tr0ub4dor\n',
      '- Tr0ub4dor\n',
      '? [Tr0ub4dor]\n: 1\n',
    ];
    for (const body of bodies) {
      it(`YAML: ${JSON.stringify(body)}`, async () => {
        const error = await failure(() => validateUserData(`#cloud-config\n${body}`, 'u.yaml'));
        expect(error.code).to.match(/^PMX_CLOUDINIT_(?:YAML|SHAPE)$/);
        expect(shows(error)).to.not.include('Tr0ub4dor');
      });
    }

    it('quotes at most 40 characters and no control characters', async () => {
      const line = `\u001b[31m${'word '.repeat(20)}`;
      const error = await failure(() => validateUserData(line, 'u.yaml'));
      expect(error.message).to.include('"?[31mword word word word word word word …"');
    });
  });
});

describe('validateNetworkConfig', () => {
  const accepted: Array<[1 | 2, string]> = [
    [2, 'version: 2\nethernets: {}\n'],
    [1, 'version: 1\nconfig: []\n'],
    [2, 'network:\n  version: 2\n'],
    [1, '{"network": {"version": 1, "config": "disabled"}}'],
  ];
  for (const [version, text] of accepted) {
    it(`accepts ${JSON.stringify(text)}`, async () => {
      expect(await validateNetworkConfig(text, 'n.yaml')).to.deep.equal({ version });
    });
  }

  const refused: Array<{ text: string; code: string; found: RegExp }> = [
    { text: '', code: 'SHAPE', found: /no YAML mapping at the top/ },
    { text: '- version: 2\n', code: 'SHAPE', found: /no YAML mapping at the top/ },
    { text: 'network: [a]\n', code: 'SHAPE', found: /no mapping under network:/ },
    { text: 'ethernets: {}\n', code: 'SHAPE', found: /has no version;/ },
    { text: 'network: {ethernets: {}}\n', code: 'SHAPE', found: /no version under network:/ },
    { text: 'version: 3\n', code: 'SHAPE', found: /another version/ },
    { text: 'version: "2"\n', code: 'SHAPE', found: /version that is text/ },
    { text: 'version: 1\n', code: 'SHAPE', found: /has no config/ },
    { text: 'version: 2\nversion: 2\n', code: 'YAML', found: /line 2, column 1/ },
    { text: '\ufeffversion: 2\n', code: 'BOM', found: /byte order mark/ },
    { text: `version: 2\n#${'x'.repeat(16 * 1024 * 1024)}`, code: 'TOO_LARGE', found: /16 MiB/ },
  ];
  for (const { text, code, found } of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, async () => {
      const error = await failure(() => validateNetworkConfig(text, 'n.yaml'));
      expect(error).to.include({ code: `PMX_CLOUDINIT_${code}`, exitCode: 1 });
      expect(error.message).to.include('"n.yaml"').and.match(found);
      expect(error.hints).to.have.length.greaterThan(0);
    });
  }
});

describe('validateMetaData', () => {
  for (const text of ['', '# nothing\n', '{}', 'instance-id: a\n', 'instance-id: 7\nx: [1]\n']) {
    it(`accepts ${JSON.stringify(text)}`, async () => {
      await validateMetaData(text, 'm.yaml');
    });
  }

  const refused: Array<{ text: string; code: string; found: RegExp }> = [
    { text: '- a\n', code: 'SHAPE', found: /no YAML mapping/ },
    { text: 'just words\n', code: 'SHAPE', found: /no YAML mapping/ },
    { text: 'instance-id:\n', code: 'SHAPE', found: /no usable value for instance-id/ },
    { text: 'local-hostname: [a]\n', code: 'SHAPE', found: /no usable value for local-hostname/ },
    // YAML 1.1, as cloud-init reads it: a boolean.
    { text: 'local-hostname: yes\n', code: 'SHAPE', found: /no usable value for local-hostname/ },
    { text: 'a: [\n', code: 'YAML', found: /line 2/ },
  ];
  for (const { text, code, found } of refused) {
    it(`refuses ${JSON.stringify(text)}`, async () => {
      const error = await failure(() => validateMetaData(text, 'm.yaml'));
      expect(error).to.include({ code: `PMX_CLOUDINIT_${code}`, exitCode: 1 });
      expect(error.message).to.include('"m.yaml"').and.match(found);
      expect(error.hints).to.have.length.greaterThan(0);
    });
  }
});

describe('validateNetworkData', () => {
  it('returns JSON with links and networks as it is', () => {
    const text = '{"links": [], "networks": [], "services": []}';
    expect(validateNetworkData(text, 'n.json')).to.equal(text);
  });

  for (const text of [
    'version: 2\n',
    '{"links": []}',
    '[]',
    'null',
    '{"links": {}, "networks": []}',
  ]) {
    it(`refuses ${JSON.stringify(text)} and names the other layout`, async () => {
      const error = await failure(() => validateNetworkData(text, 'n.json'));
      expect(error).to.include({ code: 'PMX_CLOUDINIT_LAYOUT', exitCode: 1 });
      expect(error.message).to.include('"n.json"').and.include('network_data.json');
      expect(error.hints[0]).to.include('nocloud');
    });
  }
});
