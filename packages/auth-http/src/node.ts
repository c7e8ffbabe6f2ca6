/**
 * Plugins on plain Node.
 *
 * @packageDocumentation
 */
export {
  createNodeAuth,
  type NodeAuth,
  type NodeRequest,
  type NodeResponse,
} from './adapters/node';
