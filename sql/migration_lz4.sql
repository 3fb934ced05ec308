SELECT attcompression = 'l' FROM pg_attribute
WHERE attrelid = 'decant.result'::regclass AND attname = 'payload';
