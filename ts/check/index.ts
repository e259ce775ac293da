export {
  type CheckEvent,
  type CheckedScene,
  checkDataset,
  type CheckOptions,
  type CheckReport,
} from './check-dataset.js';
export type { Finding, FindingCode, Severity } from './finding.js';
