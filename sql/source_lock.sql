SELECT size FROM decant.source WHERE id = $1 FOR UPDATE;
