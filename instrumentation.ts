/** Next calls this once, before the server takes its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { proxiesOf, settleClientAddress } = await import('./lib/platform/client-address');
  const { checkPolicyEnvironment } = await import('./lib/audit/policy/environment');
  const { readEnv } = await import('./lib/platform/env');
  const { log } = await import('./lib/platform/log');
  checkPolicyEnvironment(readEnv());
  await recordPolicy();
  let told = false;
  settleClientAddress(proxiesOf(readEnv()), (peer) => {
    // Once: behind a proxy that is not named, every request would say it.
    if (!told)
      log.warn(
        { peer },
        'x-forwarded-for is ignored; if this is your proxy, name it in LAPSE_TRUSTED_PROXIES',
      );
    told = true;
  });
}

/** From the first start on under a changed environment its policy counts (R2); a database that is not there stops nothing. */
async function recordPolicy(): Promise<void> {
  if (!process.env.DATABASE_URL) return;
  const { keepRecording } = await import('./lib/anonymous/keep-recording');
  const { systemContext } = await import('./lib/services');
  await keepRecording(systemContext('start'));
}
