import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const root = fileURLToPath(new URL('.', import.meta.url)).replace(/[\\/]$/, '');

const config: NextConfig = {
  output: 'standalone',
  // Without it, a package.json somewhere above the checkout would move server.js to a deeper folder.
  outputFileTracingRoot: root,
  turbopack: { root },
  // Native modules, and modules that find their own parts at run time: loaded as they are, not bundled.
  serverExternalPackages: ['@duckdb/node-api', '@node-rs/argon2', 'nodemailer', 'pino', 'postgres'],
  // The library of DuckDB is opened by its name at run time, which tracing does not see.
  outputFileTracingIncludes: { '/**': ['node_modules/@duckdb/node-bindings-*/**'] },
  // `npm test` checks the types; checking them again would make everybody's first start half as long again.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // The platform's own addresses end with a slash, and a POST must reach them as it was sent; proxy.ts tidies those of pages.
  skipTrailingSlashRedirect: true,
  // The development server trusts only the name it was asked for first; both names mean this machine.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  // forbidden() answers 403 with a page of our own.
  experimental: { authInterrupts: true },
};

export default config;
