-- In one order for everybody, so that two finishers never wait in a circle.
SELECT id FROM decant.source WHERE id = ANY ($1::bigint[])
ORDER BY id FOR UPDATE;
