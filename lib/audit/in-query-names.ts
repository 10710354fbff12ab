import { invalid, LapseError } from '@/lib/platform/errors';

/** What the query of the REST API calls otherwise than the verbs do. */
const NAMES: Readonly<Record<string, string>> = {
  cursor: 'after',
  recordedFrom: 'recorded_from',
  recordedTo: 'recorded_to',
  timeStarted: 'time_started',
};

/** Does `work`, whose refusals name the fields as the query does. */
export async function inQueryNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LapseError) || error.code !== 'invalid' || !error.fields) throw error;
    const named = Object.entries(error.fields).map(([name, why]) => ({ name, to: NAMES[name] ?? name, why }));
    const words = named.reduce((text, { name, to }) => text.replace(`${name}: `, `${to}: `), error.message);
    throw invalid(words, Object.fromEntries(named.map(({ to, why }) => [to, why])));
  }
}
