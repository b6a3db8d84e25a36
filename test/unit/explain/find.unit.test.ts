import { isPmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { explain } from '#dist/lib/explain/index.js';

function refusal(word: string): { code: string; message: string; hints: readonly string[] } {
  try {
    explain(word);
  } catch (error) {
    if (isPmxError(error)) return error;
    throw error;
  }
  throw new Error(`'${word}' was explained`);
}

describe('explain', () => {
  for (const word of [
    'PMX_NO_CONTEXT',
    'pmx_no_context',
    'NO_CONTEXT',
    'no-context',
    'pmx-no-context',
    ' No context ',
  ]) {
    it(`finds '${word}'`, () => {
      expect(explain(word)).to.include({ code: 'PMX_NO_CONTEXT', title: 'No server is chosen' });
    });
  }

  it('finds exit codes', () => {
    expect(explain('3')).to.include({ exitCode: 3, name: 'proxmox' });
    expect(explain('0')).to.include({ exitCode: 0, name: 'ok' });
    expect(explain('130')).to.include({ exitCode: 130, name: 'interrupted' });
  });

  it('offers what is near a typing error', () => {
    const { code, message, hints } = refusal('PMX_TLS_UNTRUSTD');
    expect(code).to.equal('PMX_UNKNOWN_CODE');
    expect(message).to.equal("There is no error code 'PMX_TLS_UNTRUSTD'.");
    expect(hints[0]).to.match(/^Did you mean: PMX_TLS_UNTRUSTED\b/);
  });

  it('offers codes that the word is a part of', () => {
    expect(refusal('storage').hints[0]).to.include('PMX_STORAGE_NOT_FOUND');
    expect(refusal('tls').hints[0]).to.include('PMX_TLS_EXPIRED');
  });

  it('offers nothing that is far away', () => {
    for (const word of ['quite-something-else', '', 'PMX_'])
      expect(refusal(word).hints, word).to.deep.equal(['pmx explain lists all codes.']);
  });

  it('names the exit codes for one that there is not', () => {
    expect(refusal('42')).to.deep.include({
      code: 'PMX_UNKNOWN_CODE',
      message: 'pmx does not end with 42.',
      hints: ['Its exit codes are 0, 1, 2, 3, 130.'],
    });
  });
});
