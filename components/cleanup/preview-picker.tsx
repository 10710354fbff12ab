'use client';

import { useState } from 'react';
import { formatCount } from '@/lib/platform/format';
import { Select } from '../ui/select';
import { PreviewButton, type PreviewCleanup } from './preview-button';

interface PreviewPickerProps {
  preview: PreviewCleanup;
  /** The challenges of which something is due, by title. */
  challenges: readonly { id: number; title: string; submissions: number }[];
}

/** What to preview: everything that is due, or one challenge. */
export function PreviewPicker({ preview, challenges }: PreviewPickerProps) {
  const [chosen, setChosen] = useState('');
  if (challenges.length === 0) return <PreviewButton preview={preview} />;
  return (
    <div className="flex flex-wrap items-start justify-end gap-2">
      <Select
        aria-label="Challenge to preview"
        className="w-56"
        value={chosen}
        placeholder="All challenges"
        options={challenges.map(({ id, title, submissions }) => ({
          value: String(id),
          label: `${title} (${formatCount(submissions, 'submission')})`,
        }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <PreviewButton preview={preview} challengeId={chosen === '' ? undefined : Number(chosen)} />
    </div>
  );
}
