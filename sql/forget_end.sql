DELETE FROM decant.source WHERE id = $1;
