UPDATE decant.source SET length = $2 WHERE id = $1;
