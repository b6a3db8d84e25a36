/** One test case of a report. */
export interface JunitCase {
  suite: string;
  name: string;
  seconds?: number;
  /** Left out: it passed. */
  failure?: string;
}

/** A report in the form that CI servers read. */
export function junit(title: string, cases: readonly JunitCase[]): string {
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(title)}" tests="${cases.length}" failures="${failures}">`,
    ...suites.flatMap((suite) =>
      suiteLines(
        suite,
        cases.filter((one) => one.suite === suite),
      ),
    ),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines(suite: string, cases: readonly JunitCase[]): string[] {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  return [
    `  <testsuite name="${escaped(suite)}" tests="${cases.length}" failures="${failures}">`,
    ...cases.map(({ name, seconds, failure }) => {
      const time = seconds === undefined ? '' : ` time="${seconds.toFixed(3)}"`;
      const head = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"${time}`;
      return failure === undefined
        ? `${head}/>`
        : `${head}><failure message="${escaped(failure)}"/></testcase>`;
    }),
    '  </testsuite>',
  ];
}

/** Control characters have no place in XML at all. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/\s*\n\s*/g, ' ');
}
