export const STREAMS_PATH = '/audit-log/streams';

export const streamHref = (name: string): string => `${STREAMS_PATH}/${encodeURIComponent(name)}`;
