import type { FileStatus, FileSystem } from './file-system.ts'
import { StorageError } from './storage-error.ts'

/** What is in a directory; nothing where there is none. @throws StorageError */
export async function listIfThere(fileSystem: FileSystem, directory: string): Promise<FileStatus[]> {
  try {
    return await fileSystem.list(directory)
  } catch (error) {
    if (error instanceof StorageError && error.code === 'FILE_NOT_FOUND') return []
    throw error
  }
}
