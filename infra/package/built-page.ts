import { ensurePage } from '../page/ensure-page.ts';

/** Builds the page before anything of it is packaged, so that no deployment carries an older one. */
export default class BuiltPage {
  readonly hooks: Record<string, () => Promise<void>>;

  constructor() {
    const build = () => ensurePage({ onBuild: () => console.log('Building the page …') });
    this.hooks = { 'before:package:initialize': build, 'before:deploy:function:packageFunction': build };
  }
}
