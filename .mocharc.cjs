// CI machines are busy: a test there gets a second try, and each one that needed it is named. A process
// that a failed test has left behind must not keep the whole run from its end.
const { CI } = process.env;

module.exports = {
  extension: ['ts'],
  timeout: 10_000,
  ...(CI && { exit: true, retries: 1, require: ['./test/second-try.ts'] }),
};
