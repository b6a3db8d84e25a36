import type { DeclaredRoutes } from '../declare.js';
import { ALL, AUDIT, MODIFY, digest } from './shared.js';

const id = { format: 'pve-configid', type: 'string' } as const;
const apiPathPrefix = { optional: 1, type: 'string' } as const;
const bucket = { optional: 1, type: 'string' } as const;
const disable = { optional: 1, type: 'boolean' } as const;
const influxdbproto = {
  default: 'udp',
  enum: ['udp', 'http', 'https'],
  optional: 1,
  type: 'string',
} as const;
const maxBodySize = { default: 25000000, minimum: 1, optional: 1, type: 'integer' } as const;
const mtu = { default: 1500, maximum: 65536, minimum: 512, optional: 1, type: 'integer' } as const;
const organization = { optional: 1, type: 'string' } as const;
const otelCompression = {
  default: 'gzip',
  enum: ['none', 'gzip'],
  optional: 1,
  type: 'string',
} as const;
const otelHeaders = { maxLength: 1024, optional: 1, type: 'string' } as const;
const otelMaxBodySize = { default: 10000000, minimum: 1024, optional: 1, type: 'integer' } as const;
const otelPath = { default: '/v1/metrics', optional: 1, type: 'string' } as const;
const otelProtocol = {
  default: 'https',
  enum: ['http', 'https'],
  optional: 1,
  type: 'string',
} as const;
const otelResourceAttributes = { maxLength: 1024, optional: 1, type: 'string' } as const;
const otelTimeout = { default: 5, maximum: 10, minimum: 1, optional: 1, type: 'integer' } as const;
const otelVerifySsl = { default: 1, optional: 1, type: 'boolean' } as const;
const path = { format: 'graphite-path', optional: 1, type: 'string' } as const;
const port = { maximum: 65536, minimum: 1, type: 'integer' } as const;
const proto = { enum: ['udp', 'tcp'], optional: 1, type: 'string' } as const;
const server = { format: 'address', type: 'string' } as const;
const timeout = { default: 1, minimum: 0, optional: 1, type: 'integer' } as const;
const token = { optional: 1, type: 'string' } as const;
const verifyCertificate = { default: 1, optional: 1, type: 'boolean' } as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterMetricsTable = {
  'GET /cluster/metrics': { permissions: ALL, returns: 'array' },
  'GET /cluster/metrics/export': {
    permissions: AUDIT,
    returns: 'object',
    params: {
      history: { type: 'boolean', optional: 1, default: 0 },
      'local-only': { type: 'boolean', optional: 1, default: 0 },
      'node-list': { type: 'string', optional: 1 },
      'start-time': { type: 'integer', optional: 1, default: 0 },
    },
  },
  'GET /cluster/metrics/server': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/metrics/server/{id}': { permissions: AUDIT, returns: 'object', params: { id } },
  'POST /cluster/metrics/server/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      'api-path-prefix': apiPathPrefix,
      bucket,
      disable,
      id,
      influxdbproto,
      'max-body-size': maxBodySize,
      mtu,
      organization,
      'otel-compression': otelCompression,
      'otel-headers': otelHeaders,
      'otel-max-body-size': otelMaxBodySize,
      'otel-path': otelPath,
      'otel-protocol': otelProtocol,
      'otel-resource-attributes': otelResourceAttributes,
      'otel-timeout': otelTimeout,
      'otel-verify-ssl': otelVerifySsl,
      path,
      port,
      proto,
      server,
      timeout,
      token,
      type: {
        type: 'string',
        enum: ['graphite', 'influxdb', 'opentelemetry'],
        format: 'pve-configid',
      },
      'verify-certificate': verifyCertificate,
    },
  },
  'PUT /cluster/metrics/server/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      'api-path-prefix': apiPathPrefix,
      bucket,
      delete: { type: 'string', optional: 1, format: 'pve-configid-list', maxLength: 4096 },
      digest,
      disable,
      id,
      influxdbproto,
      'max-body-size': maxBodySize,
      mtu,
      organization,
      'otel-compression': otelCompression,
      'otel-headers': otelHeaders,
      'otel-max-body-size': otelMaxBodySize,
      'otel-path': otelPath,
      'otel-protocol': otelProtocol,
      'otel-resource-attributes': otelResourceAttributes,
      'otel-timeout': otelTimeout,
      'otel-verify-ssl': otelVerifySsl,
      path,
      port,
      proto,
      server,
      timeout,
      token,
      'verify-certificate': verifyCertificate,
    },
  },
  'DELETE /cluster/metrics/server/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { id },
  },
} as const satisfies DeclaredRoutes;
