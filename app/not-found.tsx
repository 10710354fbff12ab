import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';

export default function NotFound() {
  return (
    <main className="mx-auto max-w-2xl px-4 py-16">
      <title>Not found · Lapse</title>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        title="There is no such page"
        actions={
          <LinkButton href="/" variant="primary">
            Go to the overview
          </LinkButton>
        }
      >
        The address may be mistyped, or what it named is not yours to see.
      </EmptyState>
    </main>
  );
}
