import { parseMoment } from './clock.js';
import type { Device } from './device.js';
import { ImportRefused } from './vault.js';
import type { DistinguishedName } from './x509.js';

/** What a method answers: output parameters, `ReturnValue` among them. */
export type Outcome = Record<string, string>;
/** All values of a parameter, in order. */
export type Input = (name: string) => string[];

const DONE: Outcome = { ReturnValue: '0' };
const FAILED = '2';
/** Web server certificate, in the numbering of the iDRAC Card Profile (DCIM1043). */
const SERVER = '1';

const LC011: Outcome = {
  Message: 'Certificate import operation failed.',
  MessageID: 'LC011',
  ReturnValue: FAILED,
};
const refused = (message: string): Outcome => ({ Message: message, ReturnValue: FAILED });

/** GenerateSSLCSR takes no parameters: the subject comes from these attributes, `Security.1#…`. */
const CSR_ATTRIBUTES = {
  CsrCommonName: 'commonName',
  CsrOrganizationName: 'organization',
  CsrOrganizationUnit: 'unit',
  CsrLocalityName: 'city',
  CsrStateName: 'state',
  CsrCountryCode: 'country',
  CsrEmailAddr: 'email',
} as const satisfies Record<string, keyof DistinguishedName>;
const ALTERNATIVE_NAMES = 'CsrSubjectAltName';

/** The methods that this sandbox knows, of three of the services. */
export class WsmanMethods {
  private readonly device: Device;
  private readonly current = new Map<string, string>();
  /** Set, but not yet applied by a job: a request made now does not see them. */
  private readonly pending = new Map<string, string>();
  private lastJob = 0;

  constructor(device: Device) {
    this.device = device;
    const { subject } = device.profile.factory;
    for (const [attribute, part] of Object.entries(CSR_ATTRIBUTES))
      this.current.set(attribute, part === 'commonName' ? device.name : (subject[part] ?? ''));
    this.current.set(ALTERNATIVE_NAMES, '');
  }

  /** Calls a method; nothing when there is no such service or method. */
  async invoke(service: string, method: string, input: Input): Promise<Outcome | undefined> {
    switch (`${service}.${method}`) {
      case 'DCIM_iDRACCardService.GenerateSSLCSR':
        return { SSLCSRFile: await this.request(), ...DONE };
      case 'DCIM_iDRACCardService.ImportSSLCertificate':
        return this.importCertificate(input);
      case 'DCIM_iDRACCardService.ExportSSLCertificate':
        return input('SSLCertType')[0] === SERVER
          ? { CertificateFile: this.device.vault.served.cert, ...DONE }
          : refused('Unable to export the certificate.');
      case 'DCIM_iDRACCardService.SSLResetCfg':
        await this.device.vault.reset(this.device.clock.now());
        this.device.certificateChanged(this.device.profile.restart.import);
        return DONE;
      case 'DCIM_iDRACCardService.iDRACReset':
        this.device.restart = 'idrac';
        return DONE;
      case 'DCIM_iDRACCardService.SetAttributes':
        return this.setAttributes(input);
      case 'DCIM_iDRACCardService.CreateTargetedConfigJob':
        return this.applyAttributes();
      case 'DCIM_LCService.SetCertificateAndPrivateKey':
        return this.setPkcs12(input);
      case 'DCIM_TimeService.ManageTime':
        return this.manageTime(input);
      default:
        return undefined;
    }
  }

  /** An instance of DCIM_iDRACCardString, by `iDRAC.Embedded.1#Security.1#CsrCommonName`. */
  attribute(type: string, instance: string): Outcome | undefined {
    const name = /^iDRAC\.Embedded\.1#Security\.1#(\w+)$/.exec(instance)?.[1] ?? '';
    const value = this.current.get(name);
    if (type !== 'DCIM_iDRACCardString' || value === undefined) return undefined;
    return {
      AttributeName: name,
      CurrentValue: value,
      FQDD: 'iDRAC.Embedded.1',
      GroupID: 'Security.1',
      InstanceID: instance,
      PendingValue: this.pending.get(name) ?? '',
    };
  }

  private request(): Promise<string> {
    const subject: DistinguishedName = { commonName: '' };
    for (const [attribute, part] of Object.entries(CSR_ATTRIBUTES))
      subject[part] = this.current.get(attribute) ?? '';
    const names = (this.current.get(ALTERNATIVE_NAMES) ?? '').split(',');
    return this.device.vault.request(
      subject,
      names.map((name) => name.trim()).filter((name) => name !== ''),
    );
  }

  /** PEM text as it is: wrapped in base64 once more it was refused by a real one. */
  private async importCertificate(input: Input): Promise<Outcome> {
    const text = input('SSLCertificateFile')[0] ?? '';
    if (input('CertificateType')[0] !== SERVER || !text.includes('-----BEGIN')) return LC011;
    return this.attempt(() => this.device.vault.importServer(text, ''));
  }

  private setPkcs12(input: Input): Promise<Outcome> | Outcome {
    if (input('Type')[0] !== 'server') return LC011;
    const file = input('PKCS12')[0] ?? '';
    const passphrase = input('PKCS12pin')[0] ?? '';
    return this.attempt(() => this.device.vault.importCustom(file, passphrase));
  }

  private async attempt(work: () => Promise<void>): Promise<Outcome> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ImportRefused) return LC011;
      throw error;
    }
    this.device.certificateChanged(this.device.profile.restart.import);
    return DONE;
  }

  private setAttributes(input: Input): Outcome {
    const names = input('AttributeName').map((name) => /^Security\.1#(\w+)$/.exec(name)?.[1] ?? '');
    const values = input('AttributeValue');
    if (names.length === 0 || names.length !== values.length)
      return refused('The number of names and values differs.');
    if (!names.every((name) => this.current.has(name))) return refused('Invalid AttributeName.');
    names.forEach((name, index) => this.pending.set(name, values[index] ?? ''));
    return { RebootRequired: 'No', SetResult: 'Set PendingValue', ...DONE };
  }

  private applyAttributes(): Outcome {
    for (const [name, value] of this.pending) this.current.set(name, value);
    this.pending.clear();
    this.lastJob += 1;
    return { Job: `JID_${String(this.lastJob).padStart(12, '0')}`, ReturnValue: '4096' };
  }

  private manageTime(input: Input): Outcome {
    const { clock } = this.device;
    if ((input('GetRequest')[0] ?? '').toUpperCase() === 'TRUE')
      return { TimeData: clock.iso(), TimeZone: clock.zone, ...DONE };
    const moment = parseMoment(input('TimeData')[0] ?? '');
    if (!moment) return refused('Invalid TimeData.');
    clock.set(moment);
    return DONE;
  }
}
