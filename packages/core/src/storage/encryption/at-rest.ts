import type { FileSystem } from '../file-system.ts'
import { plainPayloads, type PayloadCipher } from './cipher.ts'
import { encryptedFiles } from './encrypted-files.ts'
import { cipherOf, type EncryptionSettings } from './encryption-key.ts'

/** Of this thread: what tasks save must be encrypted where they run, and plans carry no keys. */
let settings: EncryptionSettings | undefined
let cipher: PayloadCipher | undefined

/** From now on this thread saves data as `spark.io.encryption` says. A key is looked for when the first file is written or read. */
export function encryptAtRest(as: EncryptionSettings): void {
  settings = as
  cipher = undefined
}

/** A store as this thread saves data in it. @throws DStreamError ENCRYPTION_KEY */
export function filesAtRest(store: FileSystem): FileSystem {
  cipher ??= settings === undefined ? plainPayloads : cipherOf(settings)
  return encryptedFiles(store, cipher)
}
