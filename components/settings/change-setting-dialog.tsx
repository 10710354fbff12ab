'use client';

import { type FormEvent, useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { formatNumber } from '@/lib/platform/format';
import type { ListedSetting } from '@/lib/settings/list-settings';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import { sayValue } from './setting-words';

export type ChangeSetting = (input: {
  name: string;
  value: number | null;
  reason: string;
}) => Promise<ActionResult<{ oldValue: number; newValue: number; from: Date | null }>>;

interface ChangeSettingDialogProps {
  setting: ListedSetting;
  change: ChangeSetting;
}

export function ChangeSettingDialog({ setting, change }: ChangeSettingDialogProps) {
  const { name, title, unit, min, max } = setting;
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState(String(setting.value));
  const [problem, setProblem] = useState<string | null>(null);
  const { run, pending, failure, reset } = useAction(change, ({ newValue, from }) => {
    setOpen(false);
    toast.success(
      from === null
        ? `${title}: ${sayValue(newValue, unit)}.`
        : `${title}: ${sayValue(newValue, unit)} in 7 days, unless somebody sets it back.`,
    );
  });
  const { value: wrong, reason: unreasoned, ...others } = failure?.fields ?? {};
  const isOther = failure !== null && ((!wrong && !unreasoned) || Object.keys(others).length > 0);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const button = (event.nativeEvent as SubmitEvent).submitter?.getAttribute('value');
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '');
    const value = button === 'default' ? null : button === 'stop' ? setting.value : numberOf(typed);
    // What is no number would reach the server as NaN, and its answer could not say what was typed.
    const isNone = Number.isNaN(value);
    setProblem(
      isNone ? `“${typed.trim()}” is no number: use ${formatNumber(min)} to ${formatNumber(max)}.` : null,
    );
    if (!isNone) run({ name, value, reason });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setTyped(String(setting.value));
        setProblem(null);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm" aria-label={`Change ${title}`}>
          Change
        </Button>
      </DialogTrigger>
      <DialogContent title={title} description={setting.help}>
        <form onSubmit={submit} className="grid gap-4" noValidate>
          {isOther ? <Callout kind="error">{failure.message}</Callout> : null}
          <Field
            label="Value"
            required
            error={problem ?? wrong}
            hint={`From ${formatNumber(min)} to ${formatNumber(max)} ${unit}; the default is ${sayValue(setting.default, unit)}.${inWords(typed, setting)}${setting.loosensByMore ? ' A higher value holds 7 days after you asked for it.' : ''}`}
          >
            {(control) => (
              <Input
                {...control}
                name="value"
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Reason" required error={unreasoned} hint="It goes into the audit log.">
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            {setting.pending ? (
              <Button type="submit" value="stop" disabled={pending}>
                Stay at {sayValue(setting.value, unit)}
              </Button>
            ) : null}
            {setting.value === setting.default || setting.pending?.value === setting.default ? null : (
              <Button type="submit" value="default" disabled={pending}>
                Reset to {sayValue(setting.default, unit)}
              </Button>
            )}
            <Button type="submit" variant="primary" loading={pending}>
              Save
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

/** Commas of thousands may be typed; NaN for what is no number. */
const numberOf = (typed: string): number =>
  typed.trim() === '' ? Number.NaN : Number(typed.replaceAll(',', ''));

/** A long row of digits is hard to read: '1000000000' is 1 GB. */
function inWords(typed: string, { unit }: ListedSetting): string {
  const value = numberOf(typed);
  return unit === 'bytes' && Number.isSafeInteger(value) && value >= 0
    ? ` This is ${sayValue(value, unit)}.`
    : '';
}
