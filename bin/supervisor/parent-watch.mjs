// Loaded into each child before its own code. When the supervisor is gone (kill -9), so is the channel to it, and the
// child ends too: an orphaned web server would keep the port, an orphaned runner would run the jobs twice.
const GRACE_MS = 5_000;

// A child hands its arguments on to workers of its own, which have other parents and other channels.
if (String(process.ppid) === process.env.LAPSE_SUPERVISOR && process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // Listening must not keep a process alive that has nothing else to do.
  process.channel.unref();
}
