import { demoAccounts } from '../../lib/people/demo-accounts';
import type { Configuration } from './configuration';

/** What a person needs to know once Lapse runs: where, as whom, and how to stop it. */
export function greeting(address: string, isDemo: boolean, configuration: Configuration): string {
  const { host, production, dev, dataDir } = configuration;
  const lines = ['', `Lapse runs at ${address}`];
  if (host === '127.0.0.1' && !production) {
    lines.push('Only this machine can reach it; LAPSE_HOST=0.0.0.0 opens it to others.');
  }
  const accounts = demoAccounts(isDemo);
  if (accounts.length > 0) {
    const width = (texts: string[]) => Math.max(...texts.map((text) => text.length));
    const name = width(accounts.map((account) => account.username));
    const password = width(accounts.map((account) => account.password));
    lines.push('', 'Sign in to the demo, for example as');
    for (const account of accounts) {
      lines.push(`  ${account.username.padEnd(name)}  ${account.password.padEnd(password)}  ${account.what}`);
    }
  }
  lines.push('');
  if (!production && !dev) lines.push(`Logs: ${dataDir}/logs`);
  lines.push('Ctrl-C stops it; the data stays.');
  return lines.join('\n');
}
