// CI machines are busy: a test there gets a second try, and each one that needed it is named.
const { CI } = process.env;

module.exports = {
  extension: ['ts'],
  timeout: 10_000,
  ...(CI && { retries: 1, require: ['./test/second-try.ts'] }),
};
