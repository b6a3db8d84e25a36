/** What differs from one run to the next, and from one host to another. */

/** Replaces the parts of a text that are new in every run. */
export function normaliseText(text: string): string {
  return (
    text
      .replace(
        /UPID:[\w-]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:(\w+):([^:]*):([^:]+):/g,
        '<upid $1 $2 $3>',
      )
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
      .replace(/\b(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}\b/g, '<fingerprint>')
      .replace(/\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b/g, '<mac>')
      .replace(/pveupload-[0-9a-f]{32}/g, 'pveupload-<id>')
      .replace(/\b[0-9a-f]{40}\b/g, '<sha1>')
      .replace(/\bctime=\d+/g, 'ctime=<time>')
      .replace(/^PVE:.*$/, '<ticket>')
      .replace(/^[0-9A-F]{8}:.*$/, '<csrf>')
      .replace(/--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--/g, '--<time>--')
      .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \([^)]*\)/, '<time> (<speed>)')
      .replace(/100%\s+\S+=\S+s$/, '100% <speed>')
      .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ERROR/, '<time> ERROR')
      .replace(/tmp_dwnl\.\d+/g, 'tmp_dwnl.<pid>')
      .replace(/Temporary failure in name resolution|Name or service not known/g, '<why>')
      .replace(/\b(?:10\.99\.0\.1:8099|127\.0\.0\.1:\d+)/g, '<web>')
      .replace(/line \d+\./g, 'line <n>.')
      // Seconds since the epoch.
      .replace(/\b1[78]\d{8}\b/g, '<epoch>')
      .replace(/^password: \S+$/gm, 'password: <password>')
  );
}

/** The lines of a task's log: how often progress was reported does not matter. */
export function normaliseLog(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (const line of lines.map(normaliseText)) {
    const text = line.startsWith('transferred ') ? 'transferred <progress>' : line;
    if (text !== 'transferred <progress>' || result.at(-1) !== text) result.push(text);
  }
  return result;
}

/** Keys whose numbers mean nothing here: moments, load, process numbers, sizes that depend on the host. */
const VOLATILE = new Set(
  (
    'pid pstart starttime endtime ctime uptime cpu mem memhost disk netin netout snaptime used avail total ' +
    'used_fraction pressurecpufull pressurecpusome pressureiofull pressureiosome pressurememoryfull ' +
    'pressurememorysome time localtime maxcpu digest free available idle wait ssl_fingerprint kversion ' +
    'pveversion loadavg trimmed used-bytes total-bytes total-bytes-privileged uid pem fingerprint notafter notbefore'
  ).split(' '),
);

/** Places where a whole answer describes the recording's host. */
const HOST = [
  /^\/nodes\/\w+\/status \.data\.(?:cpuinfo|current-kernel|boot-info|memory|rootfs)\./,
  /^\/(?:nodes|cluster\/resources)(?:\?\S*)? .*\.(?:maxmem|maxdisk)$/,
  /^\/nodes\/\w+\/(?:time|hosts) /,
  /^\/nodes\/\w+\/netstat .*\.(?:in|out)$/,
  /\/agent\/network-get-interfaces .*\.(?:statistics\.|hardware-address|ip-address$|prefix$)/,
  /\/agent\/get-time \.data\.result$/,
  /\/agent\/get-fsinfo /,
  // How many tasks there were, and how many lines the progress of a long copy took.
  /\/tasks(?:\?\S*)? \.total$/,
];

/** Is only the type of this value compared? */
export function isVolatile(path: string, at: string): boolean {
  const key = /([^.[\]]+)(?:\[[^\]]*\])*$/.exec(at)?.[1] ?? '';
  return VOLATILE.has(key) || HOST.some((pattern) => pattern.test(`${path} ${at}`));
}
