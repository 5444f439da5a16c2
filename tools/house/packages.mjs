/** The npm packages that belong to one room, as the list of rooms names them. */
export const temporal = '@temporalio/*';
export const duckdb = '@duckdb/node-api';
export const onnx = 'onnxruntime-node';
export const postgres = ['drizzle-orm', 'pg', 'pg-copy-streams'];
export const http = ['hono', '@hono/*'];
