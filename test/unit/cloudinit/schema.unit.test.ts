import { expect } from 'chai';

import { checkSeedFile, type SeedFileName } from '#dist/lib/cloudinit/index.js';

interface Case {
  about: string;
  text: string;
  as?: SeedFileName;
  /** `LINE:COLUMN severity path message` of every fault. */
  faults: string[];
}

const bond = [
  'version: 1',
  'config:',
  '  - type: bond',
  '    name: bond0',
  '    bond_interfaces: [a]',
  '    parms: {}',
  '    paramz: {}',
];

const cases: Case[] = [
  {
    about: 'nothing',
    text: 'packages: [git, [nginx, 1.0-1]]\nruncmd:\n  - ls\n  - [ls, -l]\n',
    faults: [],
  },
  {
    about: 'an unknown key',
    text: 'pakages: [git]\n',
    faults: ['2:1 error pakages is no key that cloud-init knows here'],
  },
  {
    about: 'a text for a boolean',
    text: 'package_update: "yes"\n',
    faults: ['2:17 error package_update must be true or false'],
  },
  {
    about: 'the key of the alternative that was meant, not of all',
    text: 'users:\n  - default\n  - name: bob\n    sudoo: x\n',
    faults: ['5:5 error users[1].sudoo is no key that cloud-init knows here'],
  },
  {
    about: 'an entry of another type than every alternative',
    text: 'users:\n  - 7\n',
    faults: ['3:5 error users[0] must be a text, a list or a mapping'],
  },
  {
    about: 'an octal number, where cloud-init wants a text',
    text: 'write_files:\n  - path: /x\n    permissions: 0644\n',
    faults: ['4:18 error write_files[0].permissions must be a text'],
  },
  {
    about: 'bytes in base64, which are a text',
    text: 'write_files:\n  - path: /x\n    content: !!binary aGk=\n',
    faults: [],
  },
  {
    about: 'a word that is none of those allowed',
    text: 'power_state:\n  mode: sleep\n',
    faults: ['3:9 error power_state.mode must be one of poweroff, reboot, halt'],
  },
  {
    about: 'a missing key, at the mapping that lacks it',
    text: 'power_state:\n  delay: now\n',
    faults: ['3:3 error power_state needs mode'],
  },
  {
    about: 'what is out of date',
    text: 'apt_update: true\n',
    faults: ['2:13 warning apt_update is out of date since cloud-init 22.2'],
  },
  {
    about: 'passwords that can be read, and not hashes',
    text: [
      'password: hunter2',
      'users:',
      '  - {name: a, plain_text_passwd: hunter2}',
      '  - {name: b, hashed_passwd: $6$abc$def}',
      'chpasswd:',
      '  users:',
      '    - {name: c, password: $6$abc$def, type: hash}',
      '    - {name: d, password: hunter2, type: text}',
      '    - {name: e, type: RANDOM}',
      '',
    ].join('\n'),
    faults: [
      '2:11 warning password is a password that can be read',
      '4:34 warning users[0].plain_text_passwd is a password that can be read',
      '9:27 warning chpasswd.users[1].password is a password that can be read',
    ],
  },
  {
    about: 'a fault behind an alias',
    text: 'ntp: &a {servers: [a b]}\n',
    faults: ['2:20 error ntp.servers[0] must be a hostname'],
  },
  {
    about: 'a duplicate key',
    text: 'a: 1\na: 2\n',
    faults: [
      '3:1 error is not valid YAML at line 3, column 1: the key is used twice in one mapping, and only one value would count; the guest would ignore the whole file',
    ],
  },
  {
    about: 'network-config of version 2',
    as: 'network-config',
    text: 'version: 2\nethernets: {all: {dhcp4: maybe}}\n',
    faults: ['2:26 error ethernets.all.dhcp4 must be one of yes, no, true, false'],
  },
  {
    about: 'network-config of version 1, by its type',
    as: 'network-config',
    text: bond.join('\n'),
    faults: [
      '6:5 error config[0].parms is no key that cloud-init knows here',
      '7:5 error config[0].paramz is no key that cloud-init knows here',
    ],
  },
];

describe('cloud-config against the schema of cloud-init', () => {
  for (const { about, text, as, faults } of cases) {
    it(`sees ${about}`, async () => {
      const content = as === undefined ? `#cloud-config\n${text}` : text;
      const checked = await checkSeedFile(content, 'x.yaml', as);
      const found = checked.faults.map(
        ({ line, column, severity, path, message }) =>
          `${line}:${column} ${severity} ${[path, message].filter(Boolean).join(' ')}`,
      );
      expect(found).to.deep.equal(faults);
      // A file for cloud-init may hold secrets anywhere.
      expect(JSON.stringify(checked)).not.to.include('hunter2');
    });
  }

  it('offers the name that was meant', async () => {
    const { faults } = await checkSeedFile('#cloud-config\npakages: [git]\n', 'x');
    expect(faults[0]!.remedy).to.equal('Did you mean packages?');
  });

  it('says of a script only that it is one', async () => {
    expect(await checkSeedFile('#!/bin/sh\n', 'x')).to.deep.equal({
      kind: 'script',
      schema: null,
      faults: [],
    });
  });
});
