import { readFileSync } from 'node:fs';
import { createService } from './service.js';

const config = JSON.parse(readFileSync(new URL('config.json', import.meta.url), 'utf8'));
const service = await createService(config);
console.log(`${config.pluginId} listens on port ${await service.listen(config.port)}`);
