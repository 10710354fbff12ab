/** Signals that come this soon after the first one are its echo: npm passes on the Ctrl-C the terminal sent us already. */
const ECHO_MS = 500;

/**
 * Aborts `stopping` at the first request to stop, after calling `onFirst`: a signal, or the end of the npm that started
 * us (its shell keeps the SIGTERM that a process manager sends to npm). A second signal gives up on stopping in order;
 * the children then end because their parent is gone.
 */
export function stopOnRequest(stopping: AbortController, onFirst: () => void): void {
  let firstAt: number | undefined;
  const stop = () => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      onFirst();
      stopping.abort();
    } else if (Date.now() - firstAt > ECHO_MS) {
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      if (firstAt === undefined) stop();
    }, 500).unref();
  }
  // A closed terminal or pipe must not keep us from stopping cleanly.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
