import { Check, CircleDashed, TriangleAlert } from 'lucide-react';
import { PRESETS, shortfalls } from '@/lib/audit/policy/presets';
import { FIELD_TITLES, PRESET_NAMES, type PresetName, type TierPolicy } from '@/lib/audit/policy/tier-policy';
import { formatNumber } from '@/lib/platform/format';
import { Badge } from '../ui/badge';
import { Card, Section } from '../ui/card';

/** What each rule asks for, and whether what holds now satisfies it, chosen or not. */
export function PresetList({ policy }: { policy: TierPolicy }) {
  return (
    <Section
      title="Rules"
      description="A chosen rule sets the least: nothing that falls short of it can be set. Which of them apply to you, only you know."
      surface={false}
    >
      <Card className="p-0 sm:p-0">
        <ul className="divide-y">
          {PRESET_NAMES.map((name) => (
            <li key={name} className="grid gap-1 p-4 sm:px-5">
              <div className="flex flex-wrap items-center gap-2">
                <h3 className="font-medium">{PRESETS[name].title}</h3>
                {policy.presets.includes(name) ? <Badge tone="blue">chosen</Badge> : null}
                <Standing name={name} policy={policy} />
              </div>
              <p className="max-w-prose text-muted-foreground">{PRESETS[name].reading}</p>
              <p className="text-xs text-muted-foreground">{PRESETS[name].source}</p>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function Standing({ name, policy }: { name: PresetName; policy: TierPolicy }) {
  const short = shortfalls({ ...policy, presets: [name] });
  if (short.length === 0) {
    return (
      <Badge tone="green" icon={Check}>
        satisfied
      </Badge>
    );
  }
  const words = short.map(
    ({ field, minimum }) => `${FIELD_TITLES[field]}: at least ${formatNumber(minimum)} days`,
  );
  const isChosen = policy.presets.includes(name);
  return (
    <Badge
      tone={isChosen ? 'red' : 'neutral'}
      icon={isChosen ? TriangleAlert : CircleDashed}
      className="whitespace-normal"
    >
      {words.join('; ')}
    </Badge>
  );
}
