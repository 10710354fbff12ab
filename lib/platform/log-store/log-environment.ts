/** What may stand as the environment in the name of a log group: CloudWatch Logs, and a folder, take all of it. */
export const isLogEnvironment = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text);
