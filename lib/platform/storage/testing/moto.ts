import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 20_000;

/**
 * Whether moto, a simulator of AWS in Python, can be used. LAPSE_TEST_MOTO: the URL of one that runs already; 'off' not to
 * use it; 'required' to fail where it is missing. Without it moto is used when `python3` has it.
 */
export function motoAtHand(): { usable: true } | { usable: false; why: string } {
  const wish = process.env.LAPSE_TEST_MOTO ?? '';
  if (wish === 'off') return { usable: false, why: 'LAPSE_TEST_MOTO is off' };
  if (wish === 'required' || URL.canParse(wish)) return { usable: true };
  const found = spawnSync('python3', ['-c', 'import moto.server, flask'], { stdio: 'ignore' });
  if (found.status === 0) return { usable: true };
  return { usable: false, why: "python3 with moto is not here: pip install 'moto[server]'" };
}

/** The endpoint of a moto server, and what ends it if it was started here. */
export async function startMoto(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const given = process.env.LAPSE_TEST_MOTO ?? '';
  if (URL.canParse(given)) return { endpoint: given.replace(/\/$/, ''), stop: async () => {} };
  const port = await freePort();
  const server = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  // A test run that ends early must not leave it behind.
  const kill = () => server.kill();
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    kill();
    await ended;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until; await sleep(100)) {
    if (server.exitCode !== null) throw new Error(`moto ended at once (exit code ${server.exitCode})`);
    const answered = await fetch(`${endpoint}/moto-api/`).then(
      () => true,
      () => false,
    );
    if (answered) return { endpoint, stop };
  }
  await stop();
  throw new Error('moto did not answer in time');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
