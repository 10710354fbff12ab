import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { LogTabs } from '@/components/audit-size/log-tabs';
import { StreamTable } from '@/components/audit-streams/stream-table';
import { PageHeader } from '@/components/shell/page-header';
import { sayStreams } from '@/lib/audit/limits/say-stream';
import { listStreamStandings } from '@/lib/audit/limits/stream-standings';

export const metadata: Metadata = { title: 'Streams of the audit log' };

export default async function StreamsPage() {
  const ctx = await enterPage('audit.read');
  const streams = await loadForPage(listStreamStandings(ctx));
  return (
    <>
      <PageHeader title="Streams" answer={sayStreams(streams)} />
      <LogTabs />
      <StreamTable streams={streams} zone={ctx.actor.timeZone} now={ctx.clock.now()} />
    </>
  );
}
