export type { Fence } from './fence.ts'
export { DirectoryFence, holderOf, type DirectoryFenceOptions, type DirectoryHolder } from './directory-fence.ts'
export { DirectoryFencedError, DirectoryInUseError } from './fence-errors.ts'
export { processes, simulateProcesses, type Owner, type Processes } from './owner.ts'
