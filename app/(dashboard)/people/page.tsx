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
  return (
    <>
      <PageHeader
        title="People"
        answer={peopleAnswer(people, nextAfter !== null || after !== undefined)}
        actions={<AddPersonDialog create={createPersonAction} zone={ctx.actor.timeZone} />}
      />
      <PersonTable
        people={people}
        selfId={ctx.actor.personId}
        update={updatePersonAction}
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
