import { DStreamError } from '../errors/dstream-error.ts'

/** The codes of what can go wrong with a store. */
export type StorageCode =
  | 'FILE_NOT_FOUND'
  | 'FILE_EXISTS'
  | 'NOT_A_DIRECTORY'
  | 'IS_A_DIRECTORY'
  | 'FILE_ACCESS_DENIED'
  | 'STORAGE_FULL'
  | 'STORAGE_FAILED'

/** A store could not do what it was asked to. `operation` and `path` say what that was; `cause` is the store's own error. */
export class StorageError extends DStreamError<StorageCode> {
  readonly operation: string
  readonly path: string

  constructor(code: StorageCode, operation: string, path: string, details: { readonly cause?: unknown } = {}) {
    const reason = details.cause instanceof Error ? `: ${details.cause.message}` : ''
    super(code, `Cannot ${operation} ${path}: ${what[code]}${reason}`, { hint: hints[code], ...details })
    this.operation = operation
    this.path = path
  }
}

const what: Readonly<Record<StorageCode, string>> = {
  FILE_NOT_FOUND: 'there is no such file or directory',
  FILE_EXISTS: 'something is there already',
  NOT_A_DIRECTORY: 'it, or a part of the path, is not a directory',
  IS_A_DIRECTORY: 'it is a directory',
  FILE_ACCESS_DENIED: 'access is denied',
  STORAGE_FULL: 'the store is full',
  STORAGE_FAILED: 'the store failed',
}

const hints: Readonly<Record<StorageCode, string>> = {
  FILE_NOT_FOUND: 'Check the path; the file may have been moved or deleted meanwhile.',
  FILE_EXISTS: 'Use another path, or delete what is there.',
  NOT_A_DIRECTORY: 'Check the path: one of its parts is a file.',
  IS_A_DIRECTORY: 'Give the path of a file in it.',
  FILE_ACCESS_DENIED: 'Check the owner and the permissions of the file and of the directories above it.',
  STORAGE_FULL: 'Make room, or use another directory.',
  STORAGE_FAILED: 'See the cause; the disk or the network may be at fault.',
}

/** The system's error number of an error of Node, such as `ENOENT`. */
export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined

/** What Node's error means for a store. */
export function storageError(operation: string, path: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause
  switch (errnoOf(cause)) {
    case 'ENOENT':
      return new StorageError('FILE_NOT_FOUND', operation, path, { cause })
    case 'EEXIST':
    case 'ENOTEMPTY':
      return new StorageError('FILE_EXISTS', operation, path, { cause })
    case 'ENOTDIR':
      return new StorageError('NOT_A_DIRECTORY', operation, path, { cause })
    case 'EISDIR':
      return new StorageError('IS_A_DIRECTORY', operation, path, { cause })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StorageError('FILE_ACCESS_DENIED', operation, path, { cause })
    case 'ENOSPC':
    case 'EDQUOT':
      return new StorageError('STORAGE_FULL', operation, path, { cause })
    default:
      return new StorageError('STORAGE_FAILED', operation, path, { cause })
  }
}

/** Runs one operation of a store, and says which it was when it fails. */
export async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw storageError(operation, path, error)
  }
}
