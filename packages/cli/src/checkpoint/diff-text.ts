import type { CheckpointDiff, ConfigurationChange, RecoveredStream } from '@dstream/core'
import { momentText, section } from './text.ts'

const outcomes: Readonly<Record<CheckpointDiff['outcome'], string>> = {
  same: 'the program goes on as it was',
  differs: 'the program goes on, changed',
  refused: 'the program cannot go on',
}

/** A comparison for people to read. */
export function diffText(diff: CheckpointDiff): string {
  const { outcome, file, skipped, problems, streams, operators, configuration, batchesAgain } = diff
  // What is refused has no outcomes: they say what is left to decide once that is put right.
  const heading = (text: string): string => (outcome === 'refused' ? `If it were not refused: ${text}` : text)
  return [
    `${file === undefined ? '' : `${file}: `}${outcomes[outcome]}\n`,
    section(
      'Problems',
      problems.flatMap(({ message }) => message.split('\n')),
    ),
    section(
      'Checkpoints that cannot be used',
      skipped.map(one => `${one.file}: ${one.reason}`),
    ),
    section(heading('Streams that hold something'), streams.map(streamText)),
    section(heading('Other operators'), [
      ...operators.changed.map(text => `changed: ${text}`),
      ...operators.added.map(text => `added: ${text}`),
      ...operators.dropped.map(text => `dropped: ${text}`),
    ]),
    section('Configuration', configuration.map(configurationText)),
    section(heading('Batches that are run again'), batchesAgain.map(momentText)),
  ].join('')
}

const streamText = ({ outcome, key, note }: RecoveredStream): string =>
  `${outcome}: ${key}${note === '' ? '' : ` (${note})`}`

const shown = (value: string | undefined): string => value ?? '(not set)'
const configurationText = ({ key, before, now }: ConfigurationChange): string =>
  `${key} was ${shown(before)}, is ${shown(now)}`
