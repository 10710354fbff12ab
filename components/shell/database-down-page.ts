/**
 * The page for a database that is down, complete in itself: it needs neither React nor a file that could fail as well.
 * It works without scripts, and tries again by itself every ten seconds where they run.
 */
export function databaseDownPage(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The database cannot be reached · Lapse</title>
<style nonce="${nonce}">
  body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 16px; box-sizing: border-box;
    font: 14px/20px "Geist", ui-sans-serif, system-ui, sans-serif; color: #1b1d22; background: #f9fafb; }
  main { max-width: 460px; display: grid; gap: 12px; }
  h1 { margin: 0; font-size: 20px; line-height: 28px; }
  p { margin: 0; color: #565b66; }
  a { justify-self: start; padding: 8px 16px; border-radius: 6px; font-weight: 500; color: #fff; background: #2f57b5;
    text-decoration: none; }
  a:focus-visible { outline: 2px solid #2f57b5; outline-offset: 2px; }
  @media (prefers-color-scheme: dark) {
    body { color: #eceef2; background: #0e1014; }
    p { color: #a4a9b3; }
    a:focus-visible { outline-color: #8fb0f5; }
  }
</style>
</head>
<body>
<main>
  <h1>The database cannot be reached</h1>
  <p role="status">Nothing can be shown or changed until it answers again. Nothing is lost, and nothing is deleted meanwhile.</p>
  <p>If you look after this installation: see the log of the server, and whether the database runs.</p>
  <a href="">Try again</a>
</main>
<script nonce="${nonce}">setTimeout(() => location.reload(), 10000);</script>
</body>
</html>
`;
}
