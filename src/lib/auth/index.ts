export type { Credentials, TlsTrust } from './credentials.js';
export { addressOf, type Address, type SeenCertificate } from './trust.js';
