import { ulid } from 'ulid';
import * as z from 'zod';

/** 26 characters: 48 bits of time, so that ids sort by it, and 80 random bits, so that nobody guesses one. */
export const RequestId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);

export type NewId = () => string;

/** A fresh request id, from the system's clock and its cryptographic random numbers. */
export const newRequestId: NewId = () => ulid();
