export { aesGcm, openPayload, plainPayloads, type PayloadCipher } from './cipher.ts'
export { cipherOf, keyVariable, type EncryptionSettings } from './encryption-key.ts'
export { encryptedFiles } from './encrypted-files.ts'
export { encryptAtRest, filesAtRest } from './at-rest.ts'
