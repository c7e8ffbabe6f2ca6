import { createPermission } from '@backstage/plugin-permission-common';

export const noticeReadPermission = createPermission({
  name: 'my-plugin.notice.read',
  attributes: { action: 'read' },
});

export const reportReadPermission = createPermission({
  name: 'my-plugin.report.read',
  attributes: { action: 'read' },
});

export const reportCreatePermission = createPermission({
  name: 'my-plugin.report.create',
  attributes: { action: 'create' },
});
