/*
 * Small files that players and browsers open, made without any codec: a tone, silence, a drawing of loudness, and an empty film.
 */

const RATE = 8_000;

/** A WAV file with a tone: 8,000 samples a second, 8 bits, one channel. */
export function wavFile(seconds: number, hertz: number): Uint8Array {
  const samples = Math.round(seconds * RATE);
  const file = Buffer.alloc(44 + samples);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) file[44 + at] = 128 + Math.round(40 * loudness(at, hertz));
  return file;
}

const loudness = (at: number, hertz: number): number => Math.sin((2 * Math.PI * hertz * at) / RATE);

/** A frame of MPEG-1 Layer III at 40 kbit/s and 44.1 kHz lasts 26 ms and has 130 bytes; one of zeros is silence. */
const FRAME_MS = 26.12;
const FRAME_BYTES = 130;

/** An MP3 file with silence. */
export function mp3File(seconds: number): Uint8Array {
  const frames = Math.max(1, Math.round((seconds * 1000) / FRAME_MS));
  const file = Buffer.alloc(frames * FRAME_BYTES);
  for (let at = 0; at < file.length; at += FRAME_BYTES) file.writeUInt32BE(0xff_fb_20_c4, at);
  return file;
}

const PIXELS = 120;

/** The loudness of such a tone as a player draws it, as JSON. */
export function waveformFile(seconds: number, hertz: number): Uint8Array {
  const data = Array.from({ length: PIXELS }, (_, pixel) =>
    Number(Math.abs(loudness(pixel * 61, hertz)).toFixed(3)),
  );
  const waveform = { version: 2, channels: 1, sample_rate: RATE, seconds, length: PIXELS, data };
  return new TextEncoder().encode(`${JSON.stringify(waveform)}\n`);
}

/** An MP4 file of so many seconds in which nothing is seen; about `bytes` long. */
export function mp4File(seconds: number, bytes: number): Uint8Array {
  const type = box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1'));
  // Version and flags, two instants, 1,000 units a second, the duration; then rate, volume and the unit matrix.
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1_000, 12);
  header.writeUInt32BE(Math.round(seconds * 1_000), 16);
  header.writeUInt32BE(0x0001_0000, 20);
  header.writeUInt16BE(0x0100, 24);
  for (const [at, value] of [
    [36, 0x0001_0000],
    [52, 0x0001_0000],
    [68, 0x4000_0000],
  ] as const) {
    header.writeUInt32BE(value, at);
  }
  header.writeUInt32BE(1, 96);
  return Buffer.concat([type, box('moov', box('mvhd', header)), box('mdat', Buffer.alloc(bytes))]);
}

function box(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length, 0);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, content]);
}
