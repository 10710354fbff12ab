const WORDS: Record<string, string> = {
  audio_wav: 'Audio (WAV)',
  audio_mp3: 'Audio (MP3)',
  audio_waveform: 'Waveform',
  recording: 'Recording',
  track: 'Track of one speaker',
  composed_video: 'Composed video',
};

/** A kind of file of anonymous data in words; one of a later version is shown as it is. */
export const fileKindWords = (kind: string): string => WORDS[kind] ?? kind;
