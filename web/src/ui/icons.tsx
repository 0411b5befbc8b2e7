import type { ReactNode } from 'react';

type IconProps = { size?: number };

/** Drawn on a grid of 20; always beside a text or inside of something that has a label. */
function icon(drawing: ReactNode) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };
}

export const UploadIcon = icon(<path d="M10 13V3.5M6.5 7 10 3.5 13.5 7M3.5 12.5v2a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-2" />);
export const DownloadIcon = icon(<path d="M10 3.5V13m-3.5-3.5L10 13l3.5-3.5M3.5 14.5a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2" />);
export const FileIcon = icon(
  <path d="M11.5 2.5h-6a1.5 1.5 0 0 0-1.5 1.5v12a1.5 1.5 0 0 0 1.5 1.5h9A1.5 1.5 0 0 0 16 16V7l-4.5-4.5V7H16M7 11h6M7 14h4" />,
);
export const CheckIcon = icon(<path d="m4 10.5 4 4 8-9" />);
export const CrossIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const AlertIcon = icon(<path d="M10 6.5v4m0 3v.01M10 2.5 1.8 16.5h16.4L10 2.5Z" />);
export const RetryIcon = icon(<path d="M16 10a6 6 0 1 1-1.8-4.3M16.5 3v3.5H13" />);
export const ClockIcon = icon(<path d="M10 5.5V10l3 2M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z" />);
export const SearchIcon = icon(<path d="m16.5 16.5-3.6-3.6M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0Z" />);
export const CopyIcon = icon(<path d="M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3" />);
export const SunIcon = icon(
  <path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1M13.2 10a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0Z" />,
);
export const MoonIcon = icon(<path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z" />);
export const SystemIcon = icon(<path d="M3 4h14v9.5H3zM7.5 17h5M10 13.5V17" />);
export const PrintIcon = icon(<path d="M5.5 7V3h9v4M5.5 14H3.5V7.5h13V14h-2M5.5 11.5h9V17h-9z" />);
export const LeftIcon = icon(<path d="m12 4.5-5.5 5.5 5.5 5.5" />);
export const RightIcon = icon(<path d="m8 4.5 5.5 5.5L8 15.5" />);

/** Rows of a table, pressed. */
export function Logo({ size = 26 }: IconProps) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeLinecap="round" strokeWidth="2.6">
        <path d="M7.5 9.5h17" opacity=".55" />
        <path d="M7.5 16h17" opacity=".8" />
        <path d="M11.5 22.5h9" />
      </g>
    </svg>
  );
}
