import type { components, paths } from './api-types.ts';

type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;

export type UploadForm = Json<paths['/api/uploads']['post']['responses'][201]>;
export type RequestList = Json<paths['/api/requests']['get']['responses'][200]>;
export type RequestHead = RequestList['requests'][number];
export type Status = RequestHead['status'];

/** A request as its page shows it. */
export type RequestView = Json<paths['/api/status/{requestId}']['get']['responses'][200]>;
export type Product = NonNullable<RequestView['items']>[number];
export type ProductImage = Product['images'][number];

export type ImageErrorCode = components['schemas']['ImageErrorCode'];
