import { redirect } from 'next/navigation';
import { challengeHistory, type HistoryEntry } from '@/lib/challenges/challenge-history';
import type { LoadedChallenge } from '@/lib/challenges/load-challenge';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { hrefWith, one, type SearchParams } from '../data-table/table-url';
import { Section } from '../ui/card';
import { cn } from '../ui/cn';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { Pagination } from '../ui/pagination';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { toneFill } from '../ui/tone';
import { type SaidFact, sayFact } from './history-words';

interface HistorySectionProps {
  ctx: Context;
  challenge: LoadedChallenge;
  params: SearchParams;
}

/** What has happened to the challenge, newest first; its place in the address is 'history'. */
export async function HistorySection({ ctx, challenge, params }: HistorySectionProps) {
  const pathname = `/challenges/${challenge.id}`;
  // Going through the history leaves the list of submissions where it is.
  const hrefOf = (history: string | null) =>
    `${hrefWith(pathname, params, { history, after: one(params.after) ?? null })}#history`;
  const cursor = one(params.history);
  const { entries, nextCursor } = await loadPage(ctx, challenge.id, cursor, hrefOf(null));
  const options = {
    challengeId: challenge.id,
    zone: ctx.actor.type === 'user' ? ctx.actor.timeZone : 'UTC',
    phaseNames: new Map(challenge.phases.map(({ id, name }) => [id, name])),
    readsHolds: can(ctx.actor, 'holds.read'),
    readsRuns: can(ctx.actor, 'cleanup.read'),
  };
  return (
    <Section
      title="History"
      description="Consent, holds, retention periods, phases, notices and deletions, newest first."
      surface={entries.length > 0}
      actions={
        <LinkButton href={`/consent-history?challenge=${challenge.id}`} size="sm">
          All consent records
        </LinkButton>
      }
    >
      {entries.length > 0 ? (
        <ol aria-label="History of this challenge">
          {entries.map((entry) => (
            <Entry
              key={entry.key}
              entry={entry}
              said={sayFact(entry.fact, options)}
              zone={options.zone}
              now={ctx.clock.now()}
            />
          ))}
        </ol>
      ) : (
        <EmptyState title="Nothing has happened yet">
          Nobody has decided anything about this challenge, and nothing of it was deleted.
        </EmptyState>
      )}
      {cursor !== undefined || nextCursor !== null ? (
        <div className="mt-4 border-t pt-4">
          <Pagination
            label="Pages of the history"
            previousHref={null}
            nextHref={nextCursor === null ? null : hrefOf(nextCursor)}
          >
            {cursor === undefined ? (
              'The newest entries'
            ) : (
              <TextLink href={hrefOf(null)}>Back to the newest</TextLink>
            )}
          </Pagination>
        </div>
      ) : null}
    </Section>
  );
}

interface EntryProps {
  entry: HistoryEntry;
  said: SaidFact;
  zone: string;
  now: Date;
}

function Entry({ entry, said, zone, now }: EntryProps) {
  return (
    <li className="group relative grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-3 pb-5 last:pb-0 sm:grid-cols-[0.75rem_minmax(0,1fr)_auto] sm:gap-x-4">
      <span
        aria-hidden
        className="absolute top-5 bottom-0 left-[0.3125rem] w-0.5 bg-border group-last:hidden"
      />
      <span aria-hidden className={cn('mt-1 size-3 rounded-full', toneFill[said.tone])} />
      <div className="grid min-w-0 content-start gap-0.5">
        <p className="font-medium break-words">{said.title}</p>
        {said.more.map((sentence) => (
          <p key={sentence} className="max-w-prose break-words text-muted-foreground">
            {sentence}
          </p>
        ))}
        {said.quote ? (
          <p className="line-clamp-4 max-w-prose break-words whitespace-pre-line text-muted-foreground">
            “{said.quote}”
          </p>
        ) : null}
        {said.link ? (
          <p className="text-[0.8125rem]">
            <TextLink href={said.link.href} aria-label={`${said.link.label} ${said.link.about}`}>
              {said.link.label}
            </TextLink>
          </p>
        ) : null}
      </div>
      <div className="col-start-2 grid content-start text-[0.8125rem] sm:col-start-3 sm:justify-items-end sm:text-right">
        <Timestamp
          value={entry.at}
          zone={zone}
          now={now}
          className="max-sm:whitespace-normal sm:justify-items-end"
        />
        {entry.by ? <span className="break-words text-muted-foreground">by {entry.by}</span> : null}
      </div>
    </li>
  );
}

/** A place that no longer exists is the first page. */
async function loadPage(
  ctx: Context,
  challengeId: number,
  cursor: string | undefined,
  firstPage: string,
): ReturnType<typeof challengeHistory> {
  try {
    return await challengeHistory(ctx, { challengeId, ...(cursor && { cursor }) });
  } catch (error) {
    if (!(error instanceof LapseError) || error.code !== 'invalid' || !cursor) throw error;
  }
  redirect(firstPage);
}
