import { DStreamError } from '../../errors/dstream-error.ts'
import type { Owner } from './owner.ts'

const textOf = (owner: Owner | undefined): string =>
  owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`

/** This process may not write in the directory any more: another one has taken it over. Nothing mends that but a restart. */
export class DirectoryFencedError extends DStreamError<'DIRECTORY_FENCED'> {
  readonly directory: string
  readonly epoch: number

  /** @param released it is not another process, this one has let the directory go */
  constructor(directory: string, epoch: number, released = false) {
    super(
      'DIRECTORY_FENCED',
      released
        ? `This process has let go of ${directory} (epoch ${epoch}): it writes nothing there any more`
        : `Another process has taken over ${directory}: this one (epoch ${epoch}) may not write there any more`,
      {
        hint: released
          ? 'What wanted to write came after the stop.'
          : 'Two programs run on one directory. Stop one, or give it a directory of its own.',
      },
    )
    this.directory = directory
    this.epoch = epoch
  }
}

/** The directory belongs to a process that lives, or may. */
export class DirectoryInUseError extends DStreamError<'DIRECTORY_IN_USE'> {
  readonly directory: string
  readonly owner: Owner | undefined
  /** After that many milliseconds the holder counts as dead, unless it renews; `undefined` where it is known to live. */
  readonly retryAfterMs: number | undefined

  constructor(directory: string, owner: Owner | undefined, retryAfterMs?: number) {
    const until =
      retryAfterMs === undefined
        ? ''
        : `, which counts as dead if nothing is heard of it for another ${retryAfterMs} ms`
    super('DIRECTORY_IN_USE', `${directory} is in use by ${textOf(owner)}${until}`, {
      hint: 'Stop that program, or use a directory of its own for this one.',
    })
    this.directory = directory
    this.owner = owner
    this.retryAfterMs = retryAfterMs
  }
}
