/**
 * The types of files connections: one class each, because each has a native configuration of its own.
 */
import { FilesConnection } from './files.js';
import { awsNative, azureNative, googleNative, huggingFaceNative } from './files_native.js';

export class S3Connection extends FilesConnection {
  static nativeConfig = awsNative;
}

export class GcsConnection extends FilesConnection {
  static nativeConfig = googleNative;
}

export class AzureConnection extends FilesConnection {
  static nativeConfig = azureNative;
}

export class HuggingFaceConnection extends FilesConnection {
  static nativeConfig = huggingFaceNative;
}

export { FilesConnection };
