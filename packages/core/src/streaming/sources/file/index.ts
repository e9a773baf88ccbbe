export { FileInputDStream } from './file-input-dstream.ts'
export type { FileReader, FileStreamOptions } from './file-input-dstream.ts'
