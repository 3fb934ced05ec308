INSERT INTO decant.migration (number, name) VALUES ($1, $2);
