import { Args, Flags } from '@oclif/core';
import { ExitCode, parseAge, ShowCommand } from '@pmx-cli/kit';

import { parseTarget } from '../../../lib/commands/bmc/host-flags.js';
import type { CertificateFacts } from '../../../lib/operations/idrac/look.js';

export interface ShownCertificates {
  host: string;
  port: number;
  /** Leaf first. */
  chain: CertificateFacts[];
  pem: string;
  /** Only with --checkend: does it end within that time? */
  ends: boolean | null;
}

export default class IdracCertShow extends ShowCommand<ShownCertificates> {
  static override summary = 'Show the certificates that a host serves, also over old TLS.';
  static override description =
    'With --checkend the exit code is 1 when one of them ends within that time, like openssl does.';
  static override examples = [
    '<%= config.bin %> idrac cert show idrac-01.example.org',
    '<%= config.bin %> idrac cert show 10.0.8.5 --pem',
    '<%= config.bin %> idrac cert show 10.0.8.5 --checkend 30d',
  ];
  static override args = {
    host: Args.string({ description: 'HOST or HOST:PORT.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    pem: Flags.boolean({ description: 'Print the certificates themselves.' }),
    checkend: Flags.string({
      description: 'End with exit code 1 when a certificate ends within this time.',
      helpValue: 'TIME',
    }),
  };

  protected override async show(): Promise<ShownCertificates> {
    const { checkend } = this.flagsOf(IdracCertShow);
    const span = checkend === undefined ? undefined : parseAge(checkend);
    const { lookAtOne } = await import('../../../lib/operations/idrac/look.js');
    const target = await parseTarget(this.argsOf(IdracCertShow).host);
    const seen = await lookAtOne(target, { signal: this.session.signal, identify: false });
    const { host, port, chain, pem } = seen;
    const ends =
      span === undefined
        ? null
        : chain.some(({ notAfter }) => Date.parse(notAfter) <= Date.now() + span);
    if (ends === true) process.exitCode = ExitCode.request;
    return { host, port, chain, pem: pem.join(''), ends };
  }

  protected override view({ chain, pem, ends }: ShownCertificates): void {
    if (this.flagsOf(IdracCertShow).pem) {
      this.output.print(pem.trimEnd());
      return;
    }
    for (const one of chain) {
      this.output.fields([
        ['Subject', one.subject],
        ['Issuer', one.selfSigned ? 'itself' : one.issuer],
        ['Names', one.san.join(', ') || undefined],
        ['Begins', one.notBefore],
        ['Ends', `${one.notAfter} (${one.daysLeft} days)`],
        ['Key', `${one.keyType} ${one.keyBits ?? ''}`.trim()],
        ['Signature', one.sigAlg],
        ['SHA-256', one.sha256],
      ]);
    }
    if (ends !== null) this.output.print(ends ? 'Ends within that time.' : 'Lasts longer.');
  }
}
