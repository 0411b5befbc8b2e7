declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** Without a path the tables live in memory. */
  export default function dynalite(options: { path?: string; createTableMs?: number; deleteTableMs?: number }): Server;
}
