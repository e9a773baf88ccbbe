import { DStreamError } from '../../errors/dstream-error.ts'

/** A file of a version that this program does not know: nothing may be read past it, nothing cut. */
export const tooNew = (file: string, version: number, known: number): DStreamError =>
  new DStreamError('FORMAT_TOO_NEW', `${file} has format version ${version}; this program reads up to ${known}`, {
    hint: 'Run the version that wrote it, or a later one.',
  })

export const logClosed = (directory: string): DStreamError =>
  new DStreamError('LOG_CLOSED', `The write-ahead log in ${directory} is closed`, { hint: 'Close it last.' })

/** The record is not acknowledged. It may be found on recovery nevertheless, never a part of it. */
export const notWritten = (directory: string, attempts: number, cause: unknown): DStreamError =>
  new DStreamError(
    'LOG_NOT_WRITTEN',
    `The write-ahead log in ${directory} could not be written in ${attempts} attempts`,
    {
      hint: 'See the cause. Later records are tried anew.',
      cause,
    },
  )

export const unreadable = (file: string, offset: number, why: string): DStreamError =>
  new DStreamError('LOG_RECORD_UNREADABLE', `The record at byte ${offset} of ${file} cannot be read: ${why}`, {
    hint: 'The file was changed, cut off, or removed by a clean-up.',
  })

/** What is written may well be whole: it is a key, or a module, that is missing to read it. To go on without it would lose it. */
export const isWithoutMeans = (error: unknown): error is DStreamError =>
  error instanceof DStreamError &&
  ['PAYLOAD_NOT_OPENED', 'ENCRYPTION_KEY', 'WRITE_AHEAD_LOG_CLASS'].includes(error.code)
