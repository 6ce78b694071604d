import { glueTasks } from '@lomap/glue';
import type { DataSource } from '@lomap/tasks';

/** `--data glue`: GLUE from the Hugging Face hub, in the hub's own cache. */
export const glueSource: DataSource = {
  name: 'glue',
  title: 'GLUE',
  about: 'which downloads them',
  tasks: glueTasks,
  revisions: true,
  async provide({ text, tasks, onProgress }) {
    // Most commands never download.
    const { downloadGlue } = await import('@lomap/hub');
    const { directory } = await downloadGlue({ repository: text, tasks, onProgress });
    return { directory, name: 'glue' };
  },
};
