import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import { one, type SearchParams } from '@/components/data-table/table-url';
import { AddPersonDialog } from '@/components/people/add-person-dialog';
import { peopleAnswer } from '@/components/people/people-answer';
import { PersonTable } from '@/components/people/person-table';
import { PageHeader } from '@/components/shell/page-header';
import { listPeople } from '@/lib/people/list-people';
import { readEnv, singleSignOn } from '@/lib/platform/env';
import { createPersonAction, updatePersonAction } from './actions';

export const metadata: Metadata = { title: 'People' };

export default async function PeoplePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('people.manage'), await searchParams];
  const after = one(params.after)?.slice(0, 64);
  const address = { pathname: '/people', params };
  const { people, nextAfter } = await loadListForPage(
    listPeople(ctx, { limit: 100, ...(after && { after }) }),
    address,
  );
  const hasSingleSignOn = singleSignOn(readEnv()) !== null;
  return (
    <>
      <PageHeader
        title="People"
        answer={peopleAnswer(people, {
          isOnePageOfMany: nextAfter !== null || after !== undefined,
          hasSingleSignOn,
        })}
        actions={
          <AddPersonDialog
            create={createPersonAction}
            hasSingleSignOn={hasSingleSignOn}
            zone={ctx.actor.timeZone}
          />
        }
      />
      <PersonTable
        people={people}
        selfId={ctx.actor.personId}
        update={updatePersonAction}
        hasSingleSignOn={hasSingleSignOn}
        zone={ctx.actor.timeZone}
        footer={
          <KeysetPages
            noun="person"
            plural="people"
            shown={people.length}
            nextCursor={nextAfter}
            {...address}
          />
        }
      />
    </>
  );
}
