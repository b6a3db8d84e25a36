/**
 * Tells one run of pmx from another in logs, errors and the audit log. A caller's trace goes on in it:
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function newRequestId(env: NodeJS.ProcessEnv = process.env): string {
  const [, trace] =
    /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(env['PMX_TRACEPARENT'] ?? '') ?? [];
  // No secret: the module for better random numbers takes longer to load than a short command has.
  return (
    trace ??
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  );
}
