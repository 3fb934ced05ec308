SELECT EXISTS (SELECT FROM decant.source WHERE path = $1 AND id <> $2);
