import { Card } from '@/components/ui/card';
import type { DemoAccount } from '@/lib/people/demo-accounts';

/** The accounts of the demo, with their passwords: a demo has no secrets. */
export function DemoAccounts({ accounts }: { accounts: readonly DemoAccount[] }) {
  return (
    <Card className="grid gap-3">
      <h2 className="font-medium">Accounts of the demo</h2>
      <dl className="grid gap-3">
        {accounts.map(({ username, password, what }) => (
          <div key={username} className="grid gap-0.5">
            <dt className="font-mono text-[0.8125rem]">
              <span className="sr-only">User name </span>
              {username}
              <span className="text-muted-foreground"> / </span>
              <span className="sr-only">password </span>
              {password}
            </dt>
            <dd className="text-[0.8125rem] text-muted-foreground">{what}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
