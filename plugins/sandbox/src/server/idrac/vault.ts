import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { FactoryCertificate } from './generations.js';
import { leafOfPkcs12 } from './pkcs12.js';
import { factoryMaterial } from './scenario.js';
import type { Material } from './scenario.js';
import { keyPem, makeKey, makeRequest } from './x509.js';
import type { DistinguishedName } from './x509.js';

/** Certificates that are only kept: nothing in the sandbox validates with them. */
export type StoredKind = 'CA' | 'ClientTrustCertificate';

/** LC011: the iDRAC does not take this certificate. */
export class ImportRefused extends Error {}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/** The iDRAC's certificates and keys. */
export class Vault {
  /** What the web server hands out now. */
  served: Material;
  /** What it will hand out after a restart. */
  waiting: Material | undefined;
  private requestKey: KeyObject | undefined;
  private uploadedKey: KeyObject | undefined;
  private readonly stored = new Map<StoredKind, string>();
  private readonly factory: FactoryCertificate;

  constructor(served: Material, factory: FactoryCertificate) {
    this.served = served;
    this.factory = factory;
  }

  get certificate(): X509Certificate {
    return new X509Certificate(this.served.cert);
  }

  /** Makes a key and a request for it. The request before is forgotten, with its key. */
  async request(subject: DistinguishedName, names: readonly string[]): Promise<string> {
    const key = await makeKey(2048);
    this.requestKey = key;
    return makeRequest(subject, names, key);
  }

  uploadKey(pem: string): void {
    try {
      this.uploadedKey = createPrivateKey(pem);
    } catch {
      throw new ImportRefused('this is no private key');
    }
  }

  /** Takes a server certificate: PEM that fits a key known here, or base64 of PKCS#12. */
  async importServer(text: string, passphrase: string): Promise<void> {
    this.waiting = text.includes('-----BEGIN')
      ? this.fromPem(text)
      : await this.importPkcs12(text, passphrase);
    this.requestKey = undefined;
    this.uploadedKey = undefined;
  }

  /** Takes a certificate with its key, base64 of PKCS#12. */
  async importCustom(text: string, passphrase: string): Promise<void> {
    this.waiting = await this.importPkcs12(text, passphrase);
  }

  store(kind: StoredKind, text: string): void {
    this.stored.set(kind, parsePem(text).toString());
  }

  read(kind: StoredKind | 'Server'): string | undefined {
    return kind === 'Server' ? this.served.cert : this.stored.get(kind);
  }

  /** Makes the firmware's own certificate again; its dates come from the iDRAC's clock. */
  async reset(now: Date): Promise<void> {
    this.waiting = await factoryMaterial(this.factory, now);
  }

  /** The restart: what waited is served. */
  activate(): void {
    if (this.waiting) this.served = this.waiting;
    this.waiting = undefined;
  }

  private fromPem(text: string): Material {
    const certificate = parsePem(text);
    const current = 'key' in this.served ? createPrivateKey(this.served.key) : undefined;
    const key = [this.uploadedKey, this.requestKey, current].find(
      (candidate) => candidate !== undefined && certificate.checkPrivateKey(candidate),
    );
    if (!key) throw new ImportRefused('the certificate fits none of the keys');
    return { cert: certificate.toString(), key: keyPem(key) };
  }

  private async importPkcs12(text: string, passphrase: string): Promise<Material> {
    const pfx = Buffer.from(text, 'base64');
    try {
      return { cert: await leafOfPkcs12(pfx, passphrase), pfx, passphrase };
    } catch (error) {
      throw new ImportRefused('the PKCS#12 file cannot be read', { cause: error });
    }
  }
}

/** The first certificate of a PEM text: the slot holds a single one. */
function parsePem(text: string): X509Certificate {
  const found = PEM_CERTIFICATE.exec(text);
  try {
    if (found) return new X509Certificate(found[0]);
  } catch {
    // Says the same as no certificate at all.
  }
  throw new ImportRefused('this is no certificate');
}
