/** What a simulator of whole processes in one thread needs beyond the test kit. */
export { systemError } from '../../storage/faulty-file-system.ts'
export {
  MemoryFileSystem,
  registerFileSystem,
  type Appender,
  type FileReader,
  type FileStatus,
  type FileSystem,
  type FileWriter,
} from '../../storage/index.ts'
export { storageError } from '../../storage/storage-error.ts'
export { simulateProcesses, type Owner, type Processes } from '../../storage/fence/index.ts'
export { abandonContexts } from './abandon-contexts.ts'
