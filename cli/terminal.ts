import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { conflict } from '@/lib/platform/errors';
import { formatInstantBoth } from '@/lib/platform/format-time';

/** Whether a person sits in front of it: only then are questions asked. */
export const isInteractive = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** What a command prints, as one write at a time: waits while the reader of a pipe is slower. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(`${text}\n`)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

/** One JSON document, indented, or one line of NDJSON. */
export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));
export const printJsonLine = (value: unknown) => print(JSON.stringify(value));

/** For people beside the result, so that pipes get the result only. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;

/** Coloured on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function style(name: keyof typeof STYLES, text: string): string {
  if (!process.stdout.isTTY || process.env.NO_COLOR) return text;
  return `\u001b[${STYLES[name]}m${text}\u001b[0m`;
}

/** The exact minute in this machine's zone, with UTC beside it (L10). */
export function instant(at: Date): string {
  return formatInstantBoth(at, Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** What somebody wrote may hold control characters, with which it could repaint the terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be replaced.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Asks on the terminal; the question goes to standard error. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await answer(terminal, question)).trim();
  } finally {
    terminal.close();
  }
}

export const askYesNo = async (question: string) => /^y(es)?$/i.test(await ask(`${question} [y/N] `));

/** Asks without showing what is typed. */
export async function askSecretly(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await answer(terminal, '');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** Ctrl-C and Ctrl-D close the terminal, and then the question alone would wait for ever. */
function answer(terminal: Interface, question: string): Promise<string> {
  const closed = new Promise<never>((_resolve, reject) => {
    terminal.once('close', () => reject(conflict('Nobody answered, so nothing was changed.')));
  });
  return Promise.race([terminal.question(question), closed]);
}

/** All of standard input, without the line feed at its end. */
export async function readStandardInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text.replace(/\r?\n$/, '');
}
