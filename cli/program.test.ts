import { describe, expect, it } from 'vitest';
import { rowpress } from './testing/fake-session.ts';

describe('the command line', () => {
  it.each([
    [['run'], "missing required argument 'file'"],
    [['run', 'a.csv', '--quality', 'best'], 'whole number'],
    [['run', 'a.csv', '--format', 'bmp'], 'Allowed choices are keep, jpeg, webp, avif, png'],
    [['run', 'a.csv', '--webhook', 'ftp://a'], 'http or https URL'],
    [['run', 'a.csv', '--endpoint', '127.0.0.1:3000'], 'http or https URL'],
    [['run', 'no-such-file.csv'], 'ENOENT'],
    [['run', '.'], '. is not a file'],
    [['walk'], "unknown command 'walk'"],
    [[], 'Usage: rowpress'],
  ])('%j is a usage error', async (args, words) => {
    const { exitCode, stderr, stdout } = await rowpress(...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });

  it('lists its exit codes in the help', async () => {
    const { exitCode, stdout } = await rowpress('--help');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Exit codes:\n {2}0 /);
  });
});
