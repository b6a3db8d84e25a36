export { auditedClient } from './audited-client.js';
export type { AuditEntry } from './entry.js';
export { auditLines } from './files.js';
export { type Audit, openAudit } from './open.js';
export { type AuditVerdict, verifyAudit } from './verify.js';
