import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { Browser } from 'playwright-core';

import { connectPage } from '../../broker/src/http/pages/connect-page';
import type { Page } from '../../broker/src/http/pages/models';
import { outcomePage } from '../../broker/src/http/pages/outcome-page';

import { launchChromium } from './chromium';
import { startPageServer, type PageServer } from './page-server';
import { CONNECT_FORMS, connectSample, OUTCOMES, outcomeSample } from './page-samples';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const folder = process.env['PAGE_IMAGES'];
