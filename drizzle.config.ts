import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate --name <verb_noun>` writes the next migration; `npm start` applies it. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './db/schema/*.ts',
  out: './db/migrations',
});
