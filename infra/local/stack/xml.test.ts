import { expect, test } from 'vitest';
import { elements, textOf, toXml } from './xml.ts';

test('lists repeat their element, undefined leaves it out, and text is escaped', () => {
  expect(toXml({ A: { B: ['<1>', 2], C: undefined, D: true }, E: [] })).toBe(
    '<A><B>&lt;1&gt;</B><B>2</B><D>true</D></A>',
  );
});

test('what is written can be read', () => {
  const text = `a&b<c>"d"'e'\r\n`;
  expect(textOf(toXml({ Key: text }), 'Key')).toBe(text);
});

test('elements are found by their whole name, with or without attributes', () => {
  expect(elements('<Queue>1</Queue><QueueName>2</QueueName><Queue x="y">3</Queue>', 'Queue')).toEqual(['1', '3']);
  expect(textOf('<A/>', 'B')).toBeUndefined();
  expect(textOf('<Key>&#65;&#x42;&unknown;</Key>', 'Key')).toBe('AB&unknown;');
});
