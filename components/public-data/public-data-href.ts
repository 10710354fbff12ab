export const PUBLIC_DATA_PATH = '/public-data';
export const TRANSCRIPTS_PATH = '/public-data/transcripts';

export const transcriptHref = (id: string): string => `${TRANSCRIPTS_PATH}/${encodeURIComponent(id)}`;
