SELECT to_regclass('decant.migration') IS NOT NULL;
