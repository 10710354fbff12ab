import type { Configuration } from './configuration';
import type { SignIn } from './demo';

export interface GreetingFacts {
  address: string;
  configuration: Configuration;
  signIns: SignIn[] | undefined;
}

/** What a person needs to know once Lapse runs. */
export function greeting({ address, configuration, signIns }: GreetingFacts): string {
  const { host, production, dev, dataDir } = configuration;
  const lines = ['', `Lapse runs at ${address}`];
  if (host === '127.0.0.1' && !production) {
    lines.push('Only this machine can reach it; LAPSE_HOST=0.0.0.0 opens it to others.');
  }
  if (signIns && signIns.length > 0) {
    const width = (pick: (entry: SignIn) => string) =>
      Math.max(...signIns.map((entry) => pick(entry).length));
    const [role, name] = [width((entry) => entry.role), width((entry) => entry.username)];
    lines.push('', 'Sign in to the demo as');
    for (const entry of signIns) {
      lines.push(`  ${entry.role.padEnd(role)}  ${entry.username.padEnd(name)}  ${entry.password}`);
    }
  }
  lines.push('');
  if (!production && !dev) lines.push(`Logs: ${dataDir}/logs`);
  lines.push('Ctrl-C stops it; the data stays.');
  return lines.join('\n');
}
