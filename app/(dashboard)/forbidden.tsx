import { Lock } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { getActor } from '../session';

/** Sent with HTTP 403. */
export default async function Forbidden() {
  const { role } = await getActor();
  return (
    <>
      <h1 className="sr-only">Not allowed</h1>
      <EmptyState
        icon={Lock}
        title={`Not open to ${role === 'host' ? 'hosts' : `${role}s`}`}
        actions={
          <LinkButton href="/" variant="primary">
            Go to the overview
          </LinkButton>
        }
      >
        Your role does not let you see this page. An admin can change your role; the refusal is in the audit
        log.
      </EmptyState>
    </>
  );
}
