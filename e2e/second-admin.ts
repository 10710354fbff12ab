import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { readLiveRunState } from '@/bin/supervisor/run-state';
import { connect } from '@/db/client';

const root = path.join(import.meta.dirname, '..');
const dataDir = process.env.LAPSE_E2E_DATA_DIR ?? '';

export interface NewAdmin {
  username: string;
  displayName: string;
  password: string;
}

/** By the command line: an admin whom another one adds in the browser approves nothing for 7 days. */
export async function addAdminByShell({ username, displayName, password }: NewAdmin): Promise<void> {
  const options = ['--role', 'admin', '--name', displayName, '--email', `${username}@lapse-demo.example`];
  const command = ['bin/lapse.mjs', 'people', 'add', username, ...options, '--password-stdin'];
  const env = { ...process.env, LAPSE_DATA_DIR: dataDir };
  const running = promisify(execFile)(process.execPath, command, { cwd: root, env });
  running.child.stdin?.end(`${password}\n`);
  await running;
}

/** Brings the day on which what somebody asked for is in force to today, so that no journey has to wait for it. */
export async function bringSettingsForward(): Promise<void> {
  const url = readLiveRunState(dataDir)?.environment.DATABASE_URL;
  if (!url) throw new Error(`no product runs in ${dataDir}`);
  const { sql, close } = connect(url, { max: 1 });
  await sql`update settings set pending_from = now() where pending_from is not null`;
  await close();
}
