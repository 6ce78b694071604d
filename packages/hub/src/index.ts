export { type DatasetOptions, downloadDataset, downloadGlue, glueFiles, type GlueOptions } from './dataset.ts';
export { HubError, type HubErrorKind } from './error.ts';
export { downloadModel } from './model.ts';
export type { Download, DownloadedFile, DownloadOptions, DownloadProgress } from './options.ts';
export { type Pinned, pinnedRevision } from './pinned.ts';
export { looksLikeRepository, parseRepository, type RepositoryName, type RepositoryType } from './repository.ts';
export { type HubSettings, hubSettings, type Retries } from './settings.ts';
