import type { EncryptionSettings } from '../storage/encryption/index.ts'
import type { Settings } from './keys.ts'

/** What `spark.io.encryption.*` says: where the keys are, never a key. */
export function encryptionSettings(settings: Settings): EncryptionSettings {
  const { encryptionEnabled: enabled, encryptionKeySizeBits: keySizeBits, encryptionKeyFile: keyFile } = settings
  return {
    enabled,
    ...(keySizeBits !== undefined && { keySizeBits: Number(keySizeBits) }),
    ...(keyFile !== undefined && { keyFile }),
  }
}
