export { FileInputDStream } from './file-input-dstream.ts'
export type { FileReader, FileStreamOptions, FormattedFileStreamOptions } from './file-input-dstream.ts'
