UPDATE decant.source SET path = $2, last_seen = now() WHERE id = $1;
