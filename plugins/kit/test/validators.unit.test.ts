import { expect } from 'chai';
import fc from 'fast-check';

import {
  parseContextName,
  parseDiskSize,
  parseEndpoint,
  parseFingerprint,
  parseGuestName,
  parseIpConfig,
  parseMemory,
  parseNetworkDevice,
  parseTags,
  parseTarget,
  parseTokenId,
  parseVmid,
} from '../dist/index.js';
import { thrownBy } from './failure.ts';

const gibibyte = 2 ** 30;
const hex = 'ab'.repeat(32);
const colons = Array.from({ length: 32 }, () => 'AB').join(':');

/** What goes in, what comes out. */
const good: Array<[parse: (value: string) => unknown, cases: Array<[string, unknown]>]> = [
  [
    parseVmid,
    [
      ['100', 100],
      ['999999999', 999_999_999],
      ['0100', 100],
    ],
  ],
  [
    parseGuestName,
    ['a', 'web-01', 'WEB.Example.org', '3com', '10', 'x'.repeat(63), `${'a.'.repeat(126)}b`].map(
      (name): [string, string] => [name, name],
    ),
  ],
  [
    parseTags,
    [
      ['', []],
      ['web', ['web']],
      ['web,prod;A_1 b.c+d-e', ['web', 'prod', 'A_1', 'b.c+d-e']],
      [',,x,', ['x']],
    ],
  ],
  [
    parseDiskSize,
    [
      ['20G', { bytes: 20 * gibibyte, relative: false, pve: '20G' }],
      ['+10g', { bytes: 10 * gibibyte, relative: true, pve: '+10G' }],
      ['1.5GiB', { bytes: 1.5 * gibibyte, relative: false, pve: '1.5G' }],
      ['512KB', { bytes: 2 ** 19, relative: false, pve: '512K' }],
      ['+2T', { bytes: 2 ** 41, relative: true, pve: '+2T' }],
    ],
  ],
  [
    parseMemory,
    [
      ['16', 16],
      ['2048', 2048],
      ['2G', 2048],
      ['1.5GiB', 1536],
      ['512mb', 512],
      ['1T', 2 ** 20],
    ],
  ],
  [
    parseIpConfig,
    [
      ['dhcp', 'ip=dhcp'],
      ['10.0.0.5/24', 'ip=10.0.0.5/24'],
      ['10.0.0.5/24,gw=10.0.0.1', 'ip=10.0.0.5/24,gw=10.0.0.1'],
      ['ip=dhcp,ip6=auto', 'ip=dhcp,ip6=auto'],
      ['ip6=fd00::5/64,gw6=fd00::1', 'ip6=fd00::5/64,gw6=fd00::1'],
      ['ip6=2001:db8::5/64,gw6=fe80::1', 'ip6=2001:db8::5/64,gw6=fe80::1'],
    ],
  ],
  [
    parseNetworkDevice,
    [
      ['vmbr0', { bridge: 'vmbr0', pve: 'virtio,bridge=vmbr0' }],
      ['vmbr0,tag=5', { bridge: 'vmbr0', pve: 'virtio,tag=5,bridge=vmbr0' }],
      ['e1000,bridge=vmbr1,firewall=1', { bridge: 'vmbr1', pve: 'e1000,bridge=vmbr1,firewall=1' }],
      ['bridge=v,model=vmxnet3', { bridge: 'v', pve: 'vmxnet3,bridge=v' }],
      ['vmbr0,tag=4094', { bridge: 'vmbr0', pve: 'virtio,tag=4094,bridge=vmbr0' }],
    ],
  ],
  [
    parseEndpoint,
    [
      ['pve1', 'https://pve1:8006'],
      ['pve1:8006', 'https://pve1:8006'],
      ['PVE1.Example.org:443', 'https://pve1.example.org:443'],
      ['https://pve1', 'https://pve1:8006'],
      ['https://pve1:443/', 'https://pve1:443'],
      ['https://proxy:8443/pve/', 'https://proxy:8443/pve'],
      ['[fd00::1]', 'https://[fd00::1]:8006'],
      ['10.0.0.1:9', 'https://10.0.0.1:9'],
    ],
  ],
  [
    parseTokenId,
    ['root@pam!pmx', 'ci@pve!a.b-c_1', 'jane@example.com@oidc!cli'].map((id): [string, string] => [
      id,
      id,
    ]),
  ],
  [
    parseFingerprint,
    [
      [hex, colons],
      [colons, colons],
      [colons.toLowerCase(), colons],
    ],
  ],
  [
    parseContextName,
    ['lab', '9.a_b-C', 'x'.repeat(63)].map((name): [string, string] => [name, name]),
  ],
  [
    parseTarget,
    [
      ['101', { kind: 'id', vmid: 101 }],
      ['110-120', { kind: 'range', from: 110, to: 120 }],
      ['5-5', { kind: 'range', from: 5, to: 5 }],
      ['1-10000', { kind: 'range', from: 1, to: 10_000 }],
      ['web-01', { kind: 'name', name: 'web-01' }],
      ['110-120-130', { kind: 'name', name: '110-120-130' }],
    ],
  ],
];

/** What goes in, and what of it (or of a sub-part) the message must name. */
const bad: Array<
  [parse: (value: string) => unknown, code: string, cases: Array<string | [string, named: string]>]
> = [
  [
    parseVmid,
    'PMX_INVALID_VMID',
    ['99', '1000000000', '1e3', '-5', '', ' 100', '100.0', 'web', '0x100'],
  ],
  [
    parseGuestName,
    'PMX_INVALID_NAME',
    ['', 'my_vm', '-a', 'a-', 'a..b', 'a.', 'a b', 'ä', 'x'.repeat(64), `${'a.'.repeat(127)}b`],
  ],
  [parseTags, 'PMX_INVALID_TAG', ['-a', 'ä', ['ok,no!', 'no!'], '+x', 'a/b', ['a;.b', '.b']]],
  [
    parseDiskSize,
    'PMX_INVALID_SIZE',
    ['', '20', 'G', '0G', '+0.0G', '-1G', '20X', '1e3G', '1,5G', '20 G', '++1G'],
  ],
  [
    parseMemory,
    'PMX_INVALID_MEMORY',
    ['', '15', '0', '1.3', '0.001G', '2K', '-512', '2 G', 'lots', '+2G'],
  ],
  [
    parseIpConfig,
    'PMX_INVALID_IP',
    [
      '',
      '10.0.0.5',
      '10.0.0.5/0',
      '10.0.0.5/33',
      '10.0.0.256/24',
      '10.0.0.5/24/8',
      '10.0.0.5/x',
      'fd00::5/64',
      'ip6=10.0.0.5/24',
      'ip6=fd00::5/129',
      'ip6=fe80::5%eth0/64',
      'gw=10.0.0.1',
      'dhcp,gw=10.0.0.1',
      'auto',
      'dhcp,10.0.0.5/24',
      'dhcp,ip=10.0.0.5/24',
      'dhcp,dns=1.1.1.1',
      ['10.0.0.5/24,gw=fd00::1', 'fd00::1'],
      ['10.0.0.5/24,gw=host', 'host'],
      ['ip6=fd00::5/64,gw6=fe80::1%eth0', 'fe80::1%eth0'],
    ],
  ],
  [
    parseIpConfig,
    'PMX_GATEWAY_OUTSIDE_NET',
    [
      ['10.0.0.5/24,gw=10.0.1.1', '10.0.1.1'],
      ['10.0.0.5/32,gw=10.0.0.1', '10.0.0.1'],
      ['ip6=fd00::5/64,gw6=fd00:0:0:1::1', 'fd00:0:0:1::1'],
    ],
  ],
  [
    parseNetworkDevice,
    'PMX_INVALID_NET',
    [
      '',
      'virtio',
      'vmbr0,vmbr1',
      'vmbr0,bridge=vmbr1',
      '0br',
      'vmbr0123456789012',
      'vmbr0,tag=0',
      'vmbr0,tag=4095',
      'vmbr0,tag=x',
      'vmbr0,color=red',
      'vmbr0,model=ne2k',
      'vm br',
    ],
  ],
  [
    parseEndpoint,
    'PMX_INVALID_ENDPOINT',
    [
      '',
      'http://pve1',
      'ftp://pve1',
      'https://pve1/?a=1',
      'https://pve1/#a',
      'pve 1',
      'pve1:99999',
      '::1',
      'https://',
    ],
  ],
  [
    parseTokenId,
    'PMX_INVALID_TOKEN_ID',
    ['', 'root', 'root@pam', 'root!pmx', 'ro ot@pam!pmx', 'root@pam!', 'a:b@pam!x', 'root@1!pmx'],
  ],
  [
    parseFingerprint,
    'PMX_INVALID_FINGERPRINT',
    ['', 'AB', hex.slice(1), `${hex}00`, hex.replace('a', 'g')],
  ],
  [
    parseContextName,
    'PMX_INVALID_CONTEXT_NAME',
    ['', '-', '.a', 'a/b', 'a b', '__proto__', 'x'.repeat(64)],
  ],
  [parseTarget, 'PMX_INVALID_TARGET', ['', '  ', '120-110', '1-10001']],
];

describe('kit: validators', () => {
  for (const [parse, cases] of good) {
    for (const [value, result] of cases) {
      it(`${parse.name} takes '${value.slice(0, 40)}'`, () => {
        expect(parse(value)).to.deep.equal(result);
      });
    }
  }

  for (const [parse, code, cases] of bad) {
    for (const entry of cases) {
      const [value, named] = typeof entry === 'string' ? [entry, entry] : entry;
      it(`${parse.name} refuses '${value.slice(0, 40)}' with ${code}`, () => {
        const error = thrownBy(() => parse(value));
        expect(error).to.include({ code, exitCode: 1 });
        expect(error.message).to.contain(`'${named}'`);
        expect(error.hints).to.not.be.empty;
        expect(error.hints.every((hint) => hint.trim() !== '')).to.equal(true);
      });
    }
  }

  it('offers a name made from what was typed', () => {
    expect(thrownBy(() => parseGuestName('My_Web 01!')).hints).to.deep.equal([
      'For example: my-web-01',
    ]);
    expect(thrownBy(() => parseGuestName('___')).hints).to.deep.equal(['For example: web-01']);
  });

  for (const value of [
    'https://root:hunter2@pve1',
    'https://:hunter2@pve1',
    'root:hunter2@pve1:8006',
    'http://root:hunter2@pve1',
    'https://root:hunter2@pve1:99999',
    'https://root:p@hunter2@pve1',
  ]) {
    it(`repeats no password of ${value}`, () => {
      const error = thrownBy(() => parseEndpoint(value));
      expect(error.code).to.equal('PMX_INVALID_ENDPOINT');
      expect(error.message).to.contain('pve1').and.not.contain('hunter2');
    });
  }

  it('repeats no secret behind a token id', () => {
    const { message } = thrownBy(() => parseTokenId('root@pam!pmx=3f0c-secret'));
    expect(message).to.contain("'root@pam!pmx'").and.not.contain('3f0c');
  });

  it('turns patterns into expressions that mean only * and ?', () => {
    const pattern = (value: string): RegExp => {
      const target = parseTarget(value);
      return target.kind === 'glob' ? target.pattern : expect.fail(`${value} is a ${target.kind}`);
    };
    for (const [glob, name, matches] of [
      ['web-*', 'web-01', true],
      ['web-*', 'WEB-', true],
      ['web-*', 'my-web-01', false],
      ['web-?', 'web-1', true],
      ['web-?', 'web-12', false],
      ['web-?', 'web-', false],
      ['*.org', 'a.org', true],
      ['*.org', 'aXorg', false],
      ['(a|b)*', 'a', false],
      ['(a|b)*', '(a|b)c', true],
      ['*', '', true],
    ] as const) {
      expect(pattern(glob).test(name), `${glob} ~ ${name}`).to.equal(matches);
    }
  });
});

const digits = fc.integer({ min: 0, max: 9 }).map(String);
const letters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
const label = fc
  .tuple(
    fc.oneof(letters, digits),
    fc.array(fc.oneof(letters, digits, fc.constant('-')), { maxLength: 40 }),
    fc.oneof(letters, digits),
  )
  .map(([first, middle, last]) => [first, ...middle, last].join(''));

function address(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

describe('kit: validators, properties', () => {
  it('sizes mean the same in every spelling', () => {
    const units = { K: 10, M: 20, G: 30, T: 40 } as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4096 }),
        fc.constantFrom(...(Object.keys(units) as Array<keyof typeof units>)),
        fc.constantFrom('', 'B', 'iB', 'b', 'ib'),
        fc.boolean(),
        fc.boolean(),
        (amount, unit, suffix, plus, lower) => {
          const word = `${plus ? '+' : ''}${amount}${lower ? unit.toLowerCase() : unit}${suffix}`;
          expect(parseDiskSize(word)).to.deep.equal({
            bytes: amount * 2 ** units[unit],
            relative: plus,
            pve: `${plus ? '+' : ''}${amount}${unit}`,
          });
          if (unit === 'G' || unit === 'T') {
            expect(parseMemory(word.replace('+', ''))).to.equal(amount * 2 ** (units[unit] - 20));
          }
        },
      ),
    );
  });

  it('a gateway is accepted exactly when it shares the prefix', () => {
    const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(
        bits,
        bits,
        fc.integer({ min: 1, max: 32 }),
        fc.boolean(),
        (own, other, prefix, near) => {
          const mask = (~0 << (32 - prefix)) >>> 0;
          const gateway = near ? ((own & mask) | (other & ~mask)) >>> 0 : other;
          const inside = ((own ^ gateway) & mask) >>> 0 === 0;
          const value = `${address(own)}/${prefix},gw=${address(gateway)}`;
          if (inside) expect(parseIpConfig(value)).to.contain(`gw=${address(gateway)}`);
          else
            expect(thrownBy(() => parseIpConfig(value)).code).to.equal('PMX_GATEWAY_OUTSIDE_NET');
        },
      ),
    );
  });

  it('ids are taken from 100 to 999999999 and nowhere else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (vmid) => {
        if (vmid >= 100 && vmid <= 999_999_999) expect(parseVmid(String(vmid))).to.equal(vmid);
        else expect(thrownBy(() => parseVmid(String(vmid))).exitCode).to.equal(1);
      }),
    );
  });

  it('DNS names pass unchanged, and whatever is refused comes with a name that passes', () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        expect(parseGuestName(labels.join('.'))).to.equal(labels.join('.'));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (value) => {
        let hints: readonly string[];
        try {
          parseGuestName(value);
          return;
        } catch (error) {
          ({ hints } = error as { hints: readonly string[] });
        }
        const offered = hints[0]!.replace('For example: ', '');
        expect(parseGuestName(offered)).to.equal(offered);
      }),
    );
  });

  it('tags survive being joined and split, whatever separates them', () => {
    const tag = fc
      .tuple(
        fc.oneof(letters, digits, fc.constant('_')),
        fc.string({ unit: fc.constantFrom(...'az09_+.-'), maxLength: 8 }),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(tag),
        fc.constantFrom(',', ';', ' ', ', ', ',;\t'),
        (tags, separator) => {
          expect(parseTags(tags.join(separator))).to.deep.equal(tags);
        },
      ),
    );
  });

  it('targets: every word is an id, a range, a pattern or a name, and only requests are thrown', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        let target;
        try {
          target = parseTarget(word);
        } catch (error) {
          expect(error).to.include({ code: 'PMX_INVALID_TARGET', exitCode: 1 });
          return;
        }
        if (target.kind === 'name') expect(target.name).to.equal(word);
        if (target.kind === 'glob')
          expect(target.pattern.test(word.replaceAll('*', 'x').replaceAll('?', 'y'))).to.equal(
            true,
          );
        if (target.kind === 'id') expect(/^\d+$/.test(word)).to.equal(true);
      }),
    );
  });

  it('ranges hold what lies between their ends', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 6), fc.nat(20_000), (from, span) => {
        const word = `${from}-${from + span}`;
        if (span < 10_000)
          expect(parseTarget(word)).to.deep.equal({ kind: 'range', from, to: from + span });
        else expect(thrownBy(() => parseTarget(word)).code).to.equal('PMX_INVALID_TARGET');
      }),
    );
  });

  it('endpoints are stable: parsing one again changes nothing', () => {
    fc.assert(
      fc.property(
        fc
          .array(label, { minLength: 1, maxLength: 3 })
          .map((labels) => `h${labels.join('.')}`.toLowerCase()),
        fc.option(fc.integer({ min: 1, max: 65_535 })),
        fc.constantFrom('', '/', '/pve', '/a/b/'),
        (host, port, path) => {
          let endpoint;
          try {
            endpoint = parseEndpoint(`${host}${port === null ? '' : `:${port}`}${path}`);
          } catch {
            // A label such as xn--a is no host name after all.
            return;
          }
          expect(endpoint).to.equal(`https://${host}:${port ?? 8006}${path.replace(/\/$/, '')}`);
          expect(parseEndpoint(endpoint)).to.equal(endpoint);
        },
      ),
    );
  });
});
