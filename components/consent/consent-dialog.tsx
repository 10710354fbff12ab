'use client';

import { type FormEvent, useEffect, useRef, useState, useTransition } from 'react';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import type { ConsentOutcome, DecideConsent } from './consent-decision';
import { ShownText } from './shown-text';

interface ConsentDialogProps {
  challengeId: number;
  given: boolean;
  shownText: string;
  decide: DecideConsent;
  onDone: () => void;
  /** To the switch, which opened the dialog and is no trigger of it. */
  returnFocus: () => void;
}

const WORDS = {
  give: {
    title: 'Give consent to deletion?',
    description: 'Read what it means. You can withdraw it at any time, with this same switch.',
    confirm: 'Give consent',
    notes: 'Notes',
  },
  withdraw: {
    title: 'Withdraw the consent?',
    description: 'Read what it means. You can give it again at any time, with this same switch.',
    confirm: 'Withdraw consent',
    notes: 'Notes',
  },
};

const DONE: Record<'given' | 'already-given' | 'withdrawn' | 'not-given', string> = {
  given: 'Consent is given. The dates are set.',
  'already-given': 'Somebody else of your team had given consent already. Nothing was changed.',
  withdrawn: 'Consent is withdrawn. Nothing more is deleted.',
  'not-given': 'Somebody else of your team had withdrawn it already. Nothing was changed.',
};

/** Explains the decision in the words that are kept with it, and makes it. */
export function ConsentDialog({
  challengeId,
  given,
  shownText,
  decide,
  onDone,
  returnFocus,
}: ConsentDialogProps) {
  // The direction and the text stay as they were when the dialog opened, even when the page behind it is renewed: what
  // is confirmed is what was read.
  const [consent] = useState(!given);
  const [text, setText] = useState(shownText);
  const [problem, setProblem] = useState<{ title: string; message: string } | null>(null);
  const [pending, startTransition] = useTransition();
  const words = WORDS[consent ? 'give' : 'withdraw'];
  const problemRef = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (problem) problemRef.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const notes = String(new FormData(event.currentTarget).get('notes') ?? '');
    startTransition(async () => {
      setProblem(null);
      try {
        const result = await decide({ challengeId, consent, shownText: text, notes });
        // Together with the page behind, so that the switch has turned when the dialog is gone.
        startTransition(() => settle(result));
      } catch {
        setProblem({
          title: 'It is not certain that this was done',
          message: 'The server did not answer as it should. Close this, look at the switch, and try again.',
        });
      }
    });
  }

  function settle(result: ConsentOutcome) {
    switch (result.outcome) {
      case 'changed':
        setText(result.freshText);
        setProblem({
          title: 'The figures have changed: please read again',
          message:
            'Something changed while this was open. Nothing was decided; the text below is the one of now.',
        });
        return;
      case 'refused':
        setProblem({ title: 'This was not done', message: result.message });
        return;
      default:
        toast.success(DONE[result.outcome]);
        onDone();
    }
  }

  return (
    <DialogContent
      title={words.title}
      description={words.description}
      className="sm:max-w-2xl"
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        returnFocus();
      }}
    >
      <form onSubmit={submit} className="grid gap-4">
        {problem ? (
          <div ref={problemRef}>
            <Callout kind="error" title={problem.title}>
              {problem.message}
            </Callout>
          </div>
        ) : null}
        <ShownText text={text} />
        <Field
          label={words.notes}
          required={false}
          hint="Kept in the history, for everybody who may see this challenge."
        >
          {(control) => <Textarea {...control} name="notes" maxLength={2000} rows={2} />}
        </Field>
        <DialogFooter>
          <DialogClose asChild>
            <Button>Cancel</Button>
          </DialogClose>
          <Button type="submit" variant="primary" loading={pending}>
            {words.confirm}
          </Button>
        </DialogFooter>
      </form>
    </DialogContent>
  );
}
