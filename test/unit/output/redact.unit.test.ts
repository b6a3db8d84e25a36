import { expect } from 'chai';
import fc from 'fast-check';

import { Redactor } from '#dist/lib/output/index.js';

const csrf = '6B001A69:0123456789abcdefABCDEF+/0123456789abcdefABC';
const ticket = `PVE:root@pam:6B001A69::${'Ab+/'.repeat(85)}==`;
const privateKey = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----';

describe('output: redaction by value', () => {
  const secret = 'p w/"ü\\9';
  for (const [name, text] of [
    ['raw', secret],
    ['url-encoded', encodeURIComponent(secret)],
    ['escaped in JSON', JSON.stringify({ x: secret })],
    ['twice', `${secret}${secret}`],
  ] as const) {
    it(`hides it ${name}`, () => {
      const redactor = new Redactor();
      redactor.protect(secret);
      const shown = redactor.redact(`<${text}>`);
      expect(shown).to.contain('[secret]');
      for (const form of [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
      ]) {
        expect(shown).to.not.contain(form);
      }
    });
  }

  it('does not blot out words for short values, nor anything for none', () => {
    const redactor = new Redactor();
    for (const value of ['', 'a', 'abcde']) redactor.protect(value);
    expect(redactor.redact('abcde a')).to.equal('abcde a');
    redactor.protect('abcdef');
    expect(redactor.redact('abcdef abcde')).to.equal('[secret] abcde');
  });

  for (const secrets of [
    ['secret', 'secret-and-more'],
    ['secret-and-more', 'secret'],
  ]) {
    it(`hides all of a secret that holds another: ${secrets.join(', ')}`, () => {
      const redactor = new Redactor();
      for (const value of secrets) redactor.protect(value);
      expect(redactor.redact('<secret-and-more>')).to.equal('<[secret]>');
    });
  }

  it('no protected value survives, wherever it stands', () => {
    const value = fc
      .string({ minLength: 6, unit: 'grapheme-ascii' })
      .filter((text) => !'[secret]'.includes(text));
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (protectedValue, before, after) => {
        const redactor = new Redactor();
        redactor.protect(protectedValue);
        expect(redactor.redact(`${before}|${protectedValue}|${after}`))
          .to.contain('[')
          .and.not.contain(`|${protectedValue}|`);
      }),
    );
  });
});

describe('output: redaction by shape', () => {
  const hidden: Array<[name: string, text: string, shown: string]> = [
    ['a ticket', `ticket=${ticket};`, 'ticket=[ticket];'],
    ['a ticket of a token', `PVE:ci@pve!pmx:6B001A69::${'abcd'.repeat(9)}`, '[ticket]'],
    ['a half-way ticket', 'PVEtfa:root@pam:6B001A69::QUJD', '[ticket]'],
    [
      'a token header',
      'Authorization: PVEAPIToken=root@pam!pmx=11-22-33 end',
      'Authorization: PVEAPIToken=root@pam!pmx=[secret] end',
    ],
    [
      'a token in quotes',
      '"PVEAPIToken=root@pam!pmx=11-22-33"',
      '"PVEAPIToken=root@pam!pmx=[secret]"',
    ],
    [
      'a cookie',
      'Cookie: PVEAuthCookie=PVE%3Aroot%40pam%3A6B; a=b',
      'Cookie: PVEAuthCookie=[ticket]; a=b',
    ],
    ['a CSRF token', `CSRFPreventionToken: ${csrf}`, 'CSRFPreventionToken: [csrf]'],
    [
      'a password in a form',
      'username=root&password=p%40ss&x=1',
      'username=root&password=[secret]&x=1',
    ],
    ['a password in JSON', '{"password":"a b","x":1}', '{"password":"[secret]","x":1}'],
    [
      'a password with quotes in JSON',
      String.raw`{"password": "a\"b\\", "x": 1}`,
      '{"password": "[secret]", "x": 1}',
    ],
    ['a number in JSON', '{"cipassword": 12345}', '{"cipassword": "[secret]"}'],
    ['a password that begins like a mask', '"password":"*x*"', '"password":"[secret]"'],
    ['a password in quotes', 'password="a b" x', 'password="[secret]" x'],
    ['cipassword of a config', 'cipassword: hunter2', 'cipassword: [secret]'],
    ['any case', 'Password: hunter2', 'Password: [secret]'],
    ['a private key', `before\n${privateKey}\nafter`, 'before\n[private key]\nafter'],
    ['a private key in JSON', JSON.stringify({ key: privateKey }), '{"key":"[private key]"}'],
    ['two keys', `${privateKey} and ${privateKey}`, '[private key] and [private key]'],
  ];
  for (const [name, text, shown] of hidden) {
    it(`hides ${name}`, () => {
      expect(new Redactor().redact(text)).to.equal(shown);
    });
  }

  const ordinary = [
    'UPID:pve1:00000128:0004F7F7:6B001A69:qmclone:900:root@pam!pmx:',
    'UPID:pve1:00000128:0004F7F7:6B001A69:qmclone:900:root@pam:',
    'digest: 2e6dc1ef0e4d8b9b1d2e0d6c3d8a0c5f5e0f3c1b',
    Array.from({ length: 32 }, () => 'AB').join(':'),
    'password: **********',
    '"cipassword":"**********"',
    '{"password": null, "cipassword": true}',
    '{"password": ""}',
    'cipassword = [secret]',
    'curl -H "Authorization: PVEAPIToken=$PMX_TOKEN_ID=$PMX_TOKEN_SECRET" -X POST x',
    'The password is wrong.',
    'No password was given for root@pam.',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'net0: virtio=BC:24:11:AA:BB:CC,bridge=vmbr0',
    'scsi0: local-lvm:vm-101-disk-0,size=20G',
    '6B001A69:short',
  ];
  for (const text of ordinary) {
    it(`leaves ${text.slice(0, 50)} alone`, () => {
      expect(new Redactor().redact(text)).to.equal(text);
    });
  }

  it('redacting twice changes nothing more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...hidden.map(([, text]) => text)))),
        (parts) => {
          const redactor = new Redactor();
          const once = redactor.redact(parts.join('\n'));
          expect(redactor.redact(once)).to.equal(once);
        },
      ),
    );
  });
});
