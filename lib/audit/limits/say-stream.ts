import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { OWN_STREAM } from '../streams';
import type { StreamLimits } from './stream-limits';
import type { StreamStanding } from './stream-standings';

/** 'at most 168h, 1,000 events and 819.2 kB'. */
export const sayLimits = ({ retentionPeriod, maxEntries, maxSizeBytes }: StreamLimits): string =>
  `at most ${retentionPeriod}, ${formatCount(maxEntries, 'event')} and ${formatBytes(maxSizeBytes)}`;

/** What a stream has: 'about 12,300 events, 4.1 MB'. */
export const saySize = ({ events, bytes, isEstimate }: StreamStanding): string =>
  `${isEstimate ? 'about ' : ''}${formatCount(events, 'event')}, ${formatBytes(bytes)}`;

/** The streams in one sentence or two. */
export function sayStreams(streams: readonly StreamStanding[]): string {
  const limited = streams.filter(({ limits }) => limits !== null).length;
  const over = streams.filter(({ alarm }) => alarm !== null).length;
  const held = streams.filter(({ activeHolds }) => activeHolds > 0).length;
  const all = `${formatCount(streams.length, 'stream')}, one of them Lapse itself`;
  const limits = limited === 0 ? 'none has limits of its own' : `${formatNumber(limited)} with limits`;
  const holds = held > 0 ? `, ${formatNumber(held)} held` : '';
  const alarms =
    over > 0
      ? ` ${formatCount(over, 'stream')} ${over === 1 ? 'is' : 'are'} not kept within the limits.`
      : '';
  return `${all}; ${limits}${holds}.${alarms}`;
}

/** One stream in a sentence or two. */
export function sayStream(stream: StreamStanding): string {
  const has = `${saySize(stream)} in the hot tier.`;
  const size = has.charAt(0).toUpperCase() + has.slice(1);
  if (stream.name === OWN_STREAM) {
    return `${size} What Lapse itself did is the evidence of all the rest, so it goes by the periods of the tiers alone.`;
  }
  if (stream.limits === null) return `${size} It has no limits of its own: the periods of the tiers decide.`;
  return `${size} Its limits keep ${sayLimits(stream.limits)} there.`;
}
